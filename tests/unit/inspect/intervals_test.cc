#include "inspect/intervals.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <bitset>
#include <random>
#include <vector>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using Ports = Intervals<std::uint16_t>;
using Part = Interval<std::uint16_t>;

TEST(Intervals, WhatTouchesIsOne) {
  EXPECT_THAT(Ports({{5, 6}, {1, 2}, {3, 4}, {9, 8}}).parts(), ElementsAre(Part{1, 6}));
}

TEST(Intervals, UpToTheLastNumber) {
  const Ports all({{0, 65535}});
  EXPECT_THAT(all.without(Ports({{0, 0}, {65535, 65535}})).parts(), ElementsAre(Part{1, 65534}));
  EXPECT_TRUE(all.without(all).empty());
}

TEST(Intervals, NeighboursInNetworkOrder) {
  using Two = std::array<std::uint8_t, 2>;
  EXPECT_EQ(above(Two{0, 255}), (Two{1, 0}));
  EXPECT_EQ(below(Two{1, 0}), (Two{0, 255}));
}

// Beside a set of flags, one for each number.
constexpr std::uint16_t numbers = 24;
using Flags = std::bitset<numbers>;

Flags flags_of(const Ports& ports) {
  Flags flags;
  for (std::uint16_t number = 0; number < numbers; ++number) flags[number] = ports.contains({number, number});
  return flags;
}

TEST(Intervals, TheyAreSets) {
  std::mt19937 random(1);
  const auto some = [&] {
    std::vector<Part> parts;
    for (auto count = random() % 5; count > 0; --count) {
      const auto first = static_cast<std::uint16_t>(random() % numbers);
      parts.push_back({first, static_cast<std::uint16_t>(std::min(first + random() % 6, numbers - 1UL))});
    }
    return Ports(parts);
  };
  for (int i = 0; i < 5000; ++i) {
    const auto left = some();
    const auto right = some();
    EXPECT_EQ(flags_of(left.intersection(right)), flags_of(left) & flags_of(right));
    EXPECT_EQ(flags_of(left.without(right)), flags_of(left) & ~flags_of(right));
    EXPECT_EQ(left.without(right), Ports(left.without(right).parts())) << "in one form alone";
  }
}

}  // namespace
}  // namespace berth::inspect
