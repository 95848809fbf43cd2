#include "core/registry.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::allocation;
using tests::endpoint;

std::vector<std::string> names_of(const std::vector<const Allocation*>& allocations) {
  std::vector<std::string> names;
  for (const auto* each : allocations) names.push_back(each->service);
  return names;
}

TEST(Registry, FindsByTheWholeName) {
  const auto registry =
      tests::registry({allocation("web", "80"), allocation("w.b", "81"), allocation("web/admin", "82")});
  EXPECT_EQ(registry.find("w.b")->endpoint, endpoint("81"));
  EXPECT_EQ(registry.find("web")->endpoint, endpoint("80"));
  for (const auto* name : {"", "we", "w", "webb", "WEB", "web/", "web/adminx"}) EXPECT_EQ(registry.find(name), nullptr);
}

TEST(Registry, IsInByteOrder) {
  const auto registry =
      tests::registry({allocation("b", "1"), allocation("B", "2"), allocation("a/b", "3"), allocation("a", "4")});
  std::vector<std::string> names;
  for (const auto& [name, each] : registry.allocations()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("B", "a", "a/b", "b"));
}

TEST(Registry, PutReplacesThatOfTheService) {
  auto registry = tests::registry({allocation("web", "80")});
  EXPECT_EQ(&registry.put(allocation("web", "81")), registry.find("web"));
  EXPECT_EQ(registry.allocations().size(), 1U);
  EXPECT_EQ(registry.find("web")->endpoint, endpoint("81"));
}

TEST(Registry, AppendReplacesToo) {
  auto registry = tests::registry({allocation("web", "80")});
  registry.append(allocation("web", "81"));
  registry.append(allocation("app", "82"));
  EXPECT_EQ(registry, tests::registry({allocation("app", "82"), allocation("web", "81")}));
}

TEST(Registry, APlaceIsWhereItIsOrWouldBe) {
  auto registry = tests::registry({allocation("app", "80"), allocation("web", "81")});
  const auto there = registry.locate("app");
  EXPECT_EQ(there.allocation, registry.find("app"));
  EXPECT_EQ(registry.put(there, allocation("app", "82")), allocation("app", "82"));
  for (const auto* name : {"a", "db", "zoo"}) {
    const auto place = registry.locate(name);
    EXPECT_EQ(place.allocation, nullptr) << name;
    registry.put(allocation("between", "83"));  // that others were added meanwhile does no harm
    EXPECT_EQ(registry.put(place, allocation(name, "84")), allocation(name, "84"));
  }
  EXPECT_EQ(registry, tests::registry({allocation("a", "84"), allocation("app", "82"), allocation("between", "83"),
                                       allocation("db", "84"), allocation("web", "81"), allocation("zoo", "84")}));
}

TEST(Registry, EraseSaysWhetherItWasThere) {
  auto registry = tests::registry({allocation("web", "80")});
  EXPECT_FALSE(registry.erase("app"));
  EXPECT_TRUE(registry.erase("web"));
  EXPECT_FALSE(registry.erase("web"));
  EXPECT_THAT(registry.allocations(), IsEmpty());
}

TEST(Registry, FindsAllThatOverlap) {
  const auto registry = tests::registry({allocation("a", "8000-8010"), allocation("b", "8005/udp"),
                                         allocation("c", "127.0.0.1:8005"), allocation("d", "8011")});
  EXPECT_THAT(names_of(registry.overlapping(endpoint("8005"))), ElementsAre("a", "c"));
  EXPECT_THAT(names_of(registry.overlapping(endpoint("8005/tcp+udp"))), ElementsAre("a", "b", "c"));
  EXPECT_THAT(names_of(registry.overlapping(endpoint("8010-8011"))), ElementsAre("a", "d"));
  EXPECT_THAT(names_of(registry.overlapping(endpoint("8005"), "a")), ElementsAre("c"));
  EXPECT_THAT(registry.overlapping(endpoint("8012")), IsEmpty());
}

TEST(Registry, AnOddFileMayHaveAServiceWithoutAName) {
  EXPECT_THAT(tests::registry({allocation("", "80")}).overlapping(endpoint("80")), testing::SizeIs(1));
}

TEST(Registry, IsAValue) {
  const auto original = tests::registry({allocation("web", "80")});
  auto copy = original;
  EXPECT_EQ(copy, original);
  copy.erase("web");
  EXPECT_NE(copy, original);
  EXPECT_NE(original.find("web"), nullptr);
}

}  // namespace
}  // namespace berth
