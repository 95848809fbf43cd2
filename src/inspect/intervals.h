// Sets of numbers as intervals: ports, or addresses in network order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace berth::inspect {

// The next number up or down; not asked for beyond the last one.
inline std::uint16_t above(std::uint16_t number) { return static_cast<std::uint16_t>(number + 1); }
inline std::uint16_t below(std::uint16_t number) { return static_cast<std::uint16_t>(number - 1); }
template <std::size_t size>
std::array<std::uint8_t, size> above(std::array<std::uint8_t, size> number) {
  for (auto octet = number.rbegin(); octet != number.rend() && ++*octet == 0; ++octet) continue;
  return number;
}
template <std::size_t size>
std::array<std::uint8_t, size> below(std::array<std::uint8_t, size> number) {
  for (auto octet = number.rbegin(); octet != number.rend() && (*octet)-- == 0; ++octet) continue;
  return number;
}

// Inclusive at both ends; none if first > last.
template <typename T>
struct Interval {
  T first{};
  T last{};
  friend bool operator==(const Interval&, const Interval&) = default;
};

template <typename T>
class Intervals {
 public:
  Intervals() = default;
  explicit Intervals(std::vector<Interval<T>> parts) : parts_(std::move(parts)) { tidy(); }

  // Ascending, and neither overlapping nor touching.
  const std::vector<Interval<T>>& parts() const { return parts_; }
  bool empty() const { return parts_.empty(); }
  bool contains(const Interval<T>& other) const {
    return std::ranges::any_of(
        parts_, [&](const Interval<T>& part) { return part.first <= other.first && other.last <= part.last; });
  }

  Intervals intersection(const Intervals& other) const {
    Intervals result;
    for (auto left = parts_.begin(), right = other.parts_.begin();
         left != parts_.end() && right != other.parts_.end();) {
      const Interval<T> common{std::max(left->first, right->first), std::min(left->last, right->last)};
      if (common.first <= common.last) result.parts_.push_back(common);
      if (left->last < right->last) {
        ++left;
      } else {
        ++right;
      }
    }
    return result;
  }

  Intervals without(const Intervals& other) const {
    Intervals result;
    auto cut = other.parts_.begin();
    for (auto part : parts_) {
      while (cut != other.parts_.end() && cut->last < part.first) ++cut;
      bool is_left = true;
      for (auto next = cut; is_left && next != other.parts_.end() && next->first <= part.last; ++next) {
        if (part.first < next->first) result.parts_.push_back({part.first, below(next->first)});
        is_left = next->last < part.last;
        if (is_left) part.first = above(next->last);
      }
      if (is_left) result.parts_.push_back(part);
    }
    return result;
  }

  friend bool operator==(const Intervals&, const Intervals&) = default;

 private:
  void tidy() {
    std::erase_if(parts_, [](const Interval<T>& part) { return part.last < part.first; });
    std::ranges::sort(parts_, {}, &Interval<T>::first);
    std::vector<Interval<T>> merged;
    for (const auto& part : parts_) {
      if (!merged.empty() && (part.first <= merged.back().last || part.first == above(merged.back().last))) {
        merged.back().last = std::max(merged.back().last, part.last);
      } else {
        merged.push_back(part);
      }
    }
    parts_ = std::move(merged);
  }

  std::vector<Interval<T>> parts_;
};

}  // namespace berth::inspect
