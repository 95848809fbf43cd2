#include "core/restoration.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::allocation;
using tests::listener;
using tests::owned;
using tests::registry;
using tests::unit;

Restoration plan(const Registry& latest, const Registry& goal, const Census& census = {}) {
  return plan_restoration(latest, goal, census, false).value();
}

std::vector<std::string> services(const Restoration& restoration) {
  std::vector<std::string> names;
  for (const auto& change : restoration.changes) names.push_back(change.service);
  return names;
}

TEST(Restoration, OfWhatIsThereIsNothing) {
  const auto same = registry({allocation("web", "80")});
  EXPECT_THAT(plan(same, same).changes, IsEmpty());
  EXPECT_FALSE(gives_ports(same, same));
}

TEST(Restoration, ListsWhatDiffersByName) {
  const auto latest = registry({allocation("b", "2"), allocation("c", "3"), allocation("d", "4")});
  const auto goal = registry({allocation("a", "1"), allocation("c", "33"), allocation("d", "4")});
  const auto restoration = plan(latest, goal);
  ASSERT_THAT(services(restoration), ElementsAre("a", "b", "c"));
  EXPECT_EQ(restoration.changes[0].before, std::nullopt);
  EXPECT_EQ(restoration.changes[0].after, allocation("a", "1"));
  EXPECT_EQ(restoration.changes[1].after, std::nullopt);
  EXPECT_EQ(restoration.changes[2].before, allocation("c", "3"));
  EXPECT_EQ(restoration.changes[2].after, allocation("c", "33"));
}

TEST(Restoration, OfTwoServicesToOnePortIsRefused) {
  const auto goal = registry({allocation("hand", "127.0.0.1:80"), allocation("web", "80")});
  const auto result = plan_restoration(registry({allocation("hand", "127.0.0.1:80")}), goal, {}, false);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::taken);
  EXPECT_EQ(result.error().message, "web and hand would both have port 80/tcp");
  EXPECT_THAT(result.error().hint, HasSubstr("berth register web 80 flexible"));
}

// A file that a person or an old tool made.
TEST(Restoration, OfAnOverlapThatIsThereNowGoesOn) {
  auto latest = registry({allocation("a", "80"), allocation("b", "80")});
  const auto goal = latest;
  latest.put(allocation("c", "81"));
  EXPECT_THAT(services(plan(latest, goal)), ElementsAre("c"));
}

TEST(Restoration, ToAPortThatIsKnownToBeAnothersWarns) {
  const auto goal = registry({owned(allocation("web", "80"), unit("caddy.service"))});
  const Census census{{listener("0.0.0.0:80")}, {}};
  const auto restoration = plan({}, goal, census);
  EXPECT_THAT(restoration.warnings, ElementsAre(AllOf(HasSubstr("web: port 80/tcp is held by nginx (pid 812"),
                                                      HasSubstr("berth register web 80 flexible"))));
  EXPECT_THAT(restoration.notes, IsEmpty());
}

TEST(Restoration, StrictRefusesThat) {
  const auto goal = registry({owned(allocation("web", "80"), unit("caddy.service"))});
  const auto result = plan_restoration({}, goal, {{listener("0.0.0.0:80")}, {}}, true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::taken);
  EXPECT_EQ(result.error().holders.size(), 1U);
}

TEST(Restoration, ToAPortOfWhatMayBeTheServiceItselfIsNoted) {
  const Census census{{listener("0.0.0.0:80", "python3")}, {}};
  const auto restoration = plan({}, registry({allocation("web", "80")}), census);
  EXPECT_THAT(restoration.warnings, IsEmpty());
  EXPECT_THAT(restoration.notes, ElementsAre(HasSubstr("taken to be web itself")));
}

TEST(Restoration, ToItsOwnPortIsSilent) {
  const Census census{{listener("0.0.0.0:80")}, {}};
  for (const auto& own : {owned(allocation("web", "80"), unit("nginx.service")), allocation("nginx", "80")}) {
    const auto restoration = plan({}, registry({own}), census);
    EXPECT_THAT(restoration.warnings, IsEmpty());
    EXPECT_THAT(restoration.notes, IsEmpty());
  }
}

TEST(Restoration, LooksOnlyAtPortsThatAServiceGets) {
  const auto other = owned(allocation("web", "80"), unit("caddy.service"));
  const Census census{{listener("0.0.0.0:80")}, {{"nat", "no permission", true}}};
  auto goal = registry({other});
  auto kept = other;
  kept.kind = Kind::fixed;
  const auto restoration = plan(registry({kept, allocation("x", "9")}), goal, census);
  EXPECT_THAT(services(restoration), ElementsAre("web", "x"));
  EXPECT_THAT(restoration.warnings, IsEmpty());
  EXPECT_THAT(restoration.notes, IsEmpty());
}

TEST(Restoration, SaysWhatCouldNotBeSeen) {
  const Census census{{}, {{"nat", "no permission", true}, {"owners", "no names", false}}};
  EXPECT_THAT(plan({}, registry({allocation("web", "80")}), census).notes, ElementsAre("not seen: no permission"));
}

TEST(Restoration, NamesAreHarmless) {
  const auto goal = registry({owned(allocation("w\x1b[2J", "80"), unit("caddy.service"))});
  const auto restoration = plan({}, goal, {{listener("0.0.0.0:80")}, {}});
  EXPECT_THAT(restoration.warnings.front(), testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace berth
