#include "inspect/take_census.h"

#include <iterator>
#include <ranges>
#include <utility>

namespace berth::inspect {
namespace {

template <typename T>
void move_to_end(std::vector<T>& whole, std::vector<T>&& part) {
  if (whole.empty())
    whole = std::move(part);
  else
    std::ranges::move(part, std::back_inserter(whole));
}

}  // namespace

Census take_census(const Inspectors& inspectors, const Question& question) {
  Census census;
  for (const auto& inspector : inspectors) {
    auto part = inspector->inspect(question);
    move_to_end(census.holders, std::move(part.holders));
    move_to_end(census.blind_spots, std::move(part.blind_spots));
  }
  return census;
}

}  // namespace berth::inspect
