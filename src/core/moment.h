// When something was recorded: RFC 3339 as it was written, mostly "2026-11-22T18:00:00Z"; empty if unknown. A value
// that every allocation has, so what is usual takes no memory of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/rare.h"

namespace berth {

class Moment {
 public:
  Moment() = default;
  // Any text is kept: a person may have edited it.
  Moment(std::string_view text);
  Moment(const std::string& text) : Moment(std::string_view(text)) {}
  Moment(const char* text) : Moment(std::string_view(text)) {}

  bool empty() const { return text().empty(); }
  std::string_view text() const;

  friend bool operator==(const Moment& left, const Moment& right) { return left.text() == right.text(); }

 private:
  static constexpr std::size_t room = sizeof("2026-11-22T18:00:00Z") - 1;

  Rare<std::string> odd_;  // what is longer
  std::array<char, room> usual_{};
  std::uint8_t length_ = 0;  // of what is usual
};

}  // namespace berth
