#include "core/occupied.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "unit/core/random_values.h"

namespace berth {
namespace {

using tests::allocation;
using tests::endpoint;
using tests::registry;

std::string found(const Registry& registry, std::string_view spec, std::optional<std::string_view> except = {}) {
  const Occupied occupied(registry);
  const auto* allocation = occupied.find(endpoint(spec), except);
  return allocation == nullptr ? "-" : allocation->service;
}

TEST(Occupied, FindsWhatOverlaps) {
  const auto some = registry({allocation("web", "8080"), allocation("dns", "53/tcp+udp"),
                              allocation("rtp", "9000-9100/udp"), allocation("db", "127.0.0.1:5432")});
  EXPECT_EQ(found(some, "8080"), "web");
  EXPECT_EQ(found(some, "127.0.0.1:8080"), "web");
  EXPECT_EQ(found(some, "8080/udp"), "-");
  EXPECT_EQ(found(some, "53/udp"), "dns");
  EXPECT_EQ(found(some, "9100/udp"), "rtp");
  EXPECT_EQ(found(some, "9101/udp"), "-");
  EXPECT_EQ(found(some, "9050"), "-");
  EXPECT_EQ(found(some, "8999-9000/udp"), "rtp");
  EXPECT_EQ(found(some, "127.0.0.2:5432"), "-");
  EXPECT_EQ(found(some, "5432"), "db");
}

TEST(Occupied, TheFirstByPortComesFirst) {
  const auto some = registry({allocation("a", "8090"), allocation("b", "8080"), allocation("c", "8070-8079")});
  EXPECT_EQ(found(some, "8075-8095"), "c");
  EXPECT_EQ(found(some, "8080-8095"), "b");
}

TEST(Occupied, OfOnePortTheFirstByNameComesFirst) {
  const auto some = registry({allocation("b", "127.0.0.2:8080"), allocation("a", "127.0.0.1:8080")});
  EXPECT_EQ(found(some, "8080"), "a");
  Occupied occupied(some);
  occupied.remove(*some.find("a"));
  occupied.add(*some.find("a"));
  EXPECT_EQ(occupied.find(endpoint("8080"), {}), some.find("a"));
}

TEST(Occupied, TheServicesOwnDoesNotCount) {
  const auto some = registry({allocation("a", "8080"), allocation("b", "8080/udp")});
  EXPECT_EQ(found(some, "8080", "a"), "-");
  EXPECT_EQ(found(some, "8080/tcp+udp", "a"), "b");
}

TEST(Occupied, AnOddFileMayHaveAServiceWithoutAName) {
  EXPECT_NE(found(registry({allocation("", "8080")}), "8080"), "-");
}

TEST(Occupied, KnowsTheLastPort) {
  const auto some = registry({allocation("a", "65535"), allocation("b", "1-3")});
  EXPECT_EQ(found(some, "65535"), "a");
  EXPECT_EQ(found(some, "1"), "b");
  EXPECT_EQ(found(some, "1-65535", "b"), "a");
}

TEST(Occupied, GivesBackWhatIsRemoved) {
  const auto some = registry({allocation("a", "8080-8090"), allocation("b", "8085")});
  Occupied occupied(some);
  occupied.remove(*some.find("a"));
  EXPECT_EQ(occupied.find(endpoint("8080"), {}), nullptr);
  EXPECT_EQ(occupied.find(endpoint("8085"), {}), some.find("b"));
  occupied.add(*some.find("a"));
  EXPECT_EQ(occupied.find(endpoint("8080"), {}), some.find("a"));
}

TEST(OccupiedRun, EndsBeforeThePortThatNobodyHas) {
  const auto some = registry(
      {allocation("a", "8080"), allocation("b", "8081-8085"), allocation("c", "8087"), allocation("d", "8086/udp")});
  const Occupied occupied(some);
  EXPECT_EQ(occupied.end_of_run(endpoint("8080"), {}), 8085);
  EXPECT_EQ(occupied.end_of_run(endpoint("8080/tcp+udp"), {}), 8087);
  EXPECT_EQ(occupied.end_of_run(endpoint("8087"), {}), 8087);
}

TEST(OccupiedRun, EndsBeforeWhatIsGivenBack) {
  const auto some = registry({allocation("a", "8080"), allocation("b", "8081-8085"), allocation("c", "8086")});
  Occupied occupied(some);
  occupied.remove(*some.find("b"));
  EXPECT_EQ(occupied.end_of_run(endpoint("8080"), {}), 8080);
  occupied.add(*some.find("b"));
  EXPECT_EQ(occupied.end_of_run(endpoint("8080"), {}), 8086);
}

TEST(OccupiedRun, DoesNotGoPastTheLastPort) {
  const auto some = registry({allocation("a", "65000-65535")});
  EXPECT_EQ(Occupied(some).end_of_run(endpoint("65000"), {}), 65535);
}

TEST(OccupiedRun, IsNoLongerThanWhatIsCertain) {
  const auto some = registry({allocation("a", "8080"), allocation("b", "127.0.0.2:8081")});
  const Occupied occupied(some);
  EXPECT_EQ(occupied.end_of_run(endpoint("127.0.0.1:8080"), {}), 8080);
  EXPECT_EQ(occupied.end_of_run(endpoint("8080"), "b"), 8080);
}

const Allocation* search(const std::vector<const Allocation*>& in_order, const Endpoint& endpoint,
                         std::optional<std::string_view> except) {
  const Allocation* best = nullptr;
  for (const auto* candidate : in_order) {
    if (!overlap(candidate->endpoint, endpoint) || candidate->service == except) continue;
    const auto key = [](const Allocation& each) { return std::tuple(each.endpoint.ports.first, each.service); };
    if (best == nullptr || key(*candidate) < key(*best)) best = candidate;
  }
  return best;
}

RC_GTEST_PROP(OccupiedProperty, AgreesWithASearchThroughEverything, ()) {
  const auto all = *tests::any_allocations();
  const Registry empty;
  Occupied occupied(empty);
  std::vector<const Allocation*> in_order;
  for (const auto& each : all) {
    occupied.add(each);
    in_order.push_back(&each);
    if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) {
      const auto victim = in_order.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(in_order));
      occupied.remove(**victim);
      in_order.erase(victim);
    }
  }
  for (int count = 0; count < 20; ++count) {
    const auto endpoint = *tests::any_endpoint();
    const auto except = *tests::any_service();
    RC_ASSERT((occupied.find(endpoint, except) == search(in_order, endpoint, except)));
    RC_ASSERT((occupied.find(endpoint, {}) == search(in_order, endpoint, {})));
  }
}

RC_GTEST_PROP(OccupiedProperty, ARegistryIsIndexedAsIfAddedOneByOne, ()) {
  const auto registry = *tests::any_sound_registry();
  const Occupied occupied(registry);
  std::vector<const Allocation*> in_order;
  for (const auto& [name, each] : registry.allocations()) in_order.push_back(&each);
  for (unsigned port = tests::low; port <= tests::high; ++port) {
    const auto endpoint = (*tests::any_endpoint()).at(static_cast<Port>(port));
    RC_ASSERT((occupied.find(endpoint, {}) == search(in_order, endpoint, {})));
  }
}

RC_GTEST_PROP(OccupiedProperty, EveryPortOfARunIsTaken, ()) {
  const auto registry = *tests::any_sound_registry();
  Occupied occupied(registry);
  for (const auto& [name, each] : registry.allocations()) {
    if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) occupied.remove(each);
  }
  const auto endpoint = *tests::any_endpoint();
  const auto except = *tests::any_service();
  RC_PRE((occupied.find(endpoint, except) != nullptr));
  const auto last = occupied.end_of_run(endpoint, except);
  RC_ASSERT(last >= endpoint.ports.last);
  for (unsigned port = endpoint.ports.last + 1U; port <= last; ++port) {
    RC_ASSERT((occupied.find(endpoint.at(static_cast<Port>(port)), except) != nullptr));
  }
}

}  // namespace
}  // namespace berth
