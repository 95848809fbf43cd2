#include "core/coverage.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "unit/core/random_values.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::endpoint;

std::vector<std::string> uncovered_of(std::string_view spec, const std::vector<std::string>& registered) {
  std::vector<Allocation> allocations;
  for (const auto& each : registered) allocations.push_back(tests::allocation("a", each));
  std::vector<const Allocation*> all;
  for (const auto& each : allocations) all.push_back(&each);
  std::vector<std::string> found;
  for (const auto& each : uncovered(endpoint(spec), all)) found.push_back(to_string(each));
  return found;
}

TEST(Coverage, IsOfAddressProtocolAndPorts) {
  EXPECT_TRUE(covers(endpoint("80"), endpoint("80")));
  EXPECT_TRUE(covers(endpoint("70-90/tcp+udp"), endpoint("127.0.0.1:80/udp")));
  EXPECT_FALSE(covers(endpoint("127.0.0.1:80"), endpoint("80")));
  EXPECT_FALSE(covers(endpoint("127.0.0.1:80"), endpoint("127.0.0.2:80")));
  EXPECT_FALSE(covers(endpoint("80"), endpoint("80/tcp+udp")));
  EXPECT_FALSE(covers(endpoint("80-82"), endpoint("80-83")));
}

TEST(Coverage, OfTwoTogetherIsAllThatBothHave) {
  EXPECT_EQ(united(endpoint("127.0.0.1:80-85"), endpoint("83-90/udp")), endpoint("80-90/tcp+udp"));
  EXPECT_EQ(united(endpoint("127.0.0.1:80"), endpoint("127.0.0.1:80")), endpoint("127.0.0.1:80"));
}

TEST(Coverage, WhatNobodyHasIsLeftOver) {
  EXPECT_THAT(uncovered_of("80", {}), ElementsAre("80/tcp"));
  EXPECT_THAT(uncovered_of("80", {"80"}), IsEmpty());
  EXPECT_THAT(uncovered_of("80-89", {"82", "84-85", "70-80"}), ElementsAre("81/tcp", "83/tcp", "86-89/tcp"));
  EXPECT_THAT(uncovered_of("80/tcp+udp", {"80"}), ElementsAre("80/udp"));
  EXPECT_THAT(uncovered_of("80-81/tcp+udp", {"80", "80/udp"}), ElementsAre("81/tcp+udp"));
  EXPECT_THAT(uncovered_of("80", {"127.0.0.1:80"}), ElementsAre("80/tcp"));
  EXPECT_THAT(uncovered_of("65535", {"65535"}), IsEmpty());
}

RC_GTEST_PROP(CoverageProperty, EachPortIsLeftOverOrSomebodys, ()) {
  const auto whole = *tests::any_endpoint();
  const auto allocations = *tests::any_allocations();
  std::vector<const Allocation*> all;
  for (const auto& each : allocations) all.push_back(&each);
  const auto left = uncovered(whole, all);
  for (const auto protocol : {Protocol::tcp, Protocol::udp}) {
    for (unsigned port = whole.ports.first; overlap(whole.protocol, protocol) && port <= whole.ports.last; ++port) {
      const Endpoint one{whole.address, protocol, {static_cast<Port>(port), static_cast<Port>(port)}};
      const auto has_it = [&](const Endpoint& some) { return covers(some, one); };
      RC_ASSERT(std::ranges::any_of(left, has_it) !=
                std::ranges::any_of(allocations, [&](const Allocation& each) { return has_it(each.endpoint); }));
    }
  }
  for (const auto& each : left) RC_ASSERT(covers(whole, each));
}

}  // namespace
}  // namespace berth
