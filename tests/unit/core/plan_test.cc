#include "core/plan.h"

#include <gmock/gmock.h>

#include <string_view>

#include "unit/core/written.h"

namespace berth {

namespace {

using testing::HasSubstr;
using tests::allocation;
using What = PlannedChange::What;

const auto present = tests::registry({allocation("web", "80", Kind::fixed), allocation("rtp", "10000-10100/udp")});

PlannedChange plan(std::string_view service, std::string_view spec) {
  return plan_take_over(GrowingRegistry(present), allocation(service, spec), "in ports.json");
}

TEST(PlanTakeOver, AddsWhatIsNew) {
  const auto change = plan("app", "8080");
  EXPECT_EQ(change.what, What::add);
  EXPECT_EQ(change.allocation, allocation("app", "8080"));
  EXPECT_EQ(change.because, "in ports.json");
}

TEST(PlanTakeOver, KeepsWhatIsRegisteredSo) { EXPECT_EQ(plan("web", "80").what, What::keep); }

TEST(PlanTakeOver, ARegisteredServiceOnAnotherPortIsAConflict) {
  const auto change = plan("web", "8080");
  EXPECT_EQ(change.what, What::conflict);
  EXPECT_THAT(change.because, HasSubstr("in ports.json"));
  EXPECT_THAT(change.because, HasSubstr("80/tcp"));
}

TEST(PlanTakeOver, AnAllocatedPortIsAConflict) {
  for (const auto* spec : {"80", "127.0.0.1:80", "70-90", "80/tcp+udp"}) {
    const auto change = plan("app", spec);
    EXPECT_EQ(change.what, What::conflict) << spec;
    EXPECT_THAT(change.because, HasSubstr("allocated to web"));
  }
  EXPECT_EQ(plan("app", "10050/udp").what, What::conflict);
}

TEST(PlanTakeOver, AnotherProtocolIsNone) {
  EXPECT_EQ(plan("app", "80/udp").what, What::add);
  EXPECT_EQ(plan("app", "10050").what, What::add);
}

TEST(Plan, KnowsWhatIsInIt) {
  const Plan nothing;
  EXPECT_FALSE(nothing.adds() || nothing.has_conflicts());
  const Plan both{{plan("app", "8080"), plan("web", "81"), plan("web", "80")}};
  EXPECT_TRUE(both.adds() && both.has_conflicts());
  const Plan kept{{plan("web", "80")}};
  EXPECT_FALSE(kept.adds() || kept.has_conflicts());
}

TEST(PlannedChange, HasAWord) {
  EXPECT_EQ(to_string(What::add), "add");
  EXPECT_EQ(to_string(What::keep), "keep");
  EXPECT_EQ(to_string(What::conflict), "conflict");
  EXPECT_EQ(to_string(What::skip), "skip");
}

}  // namespace
}  // namespace berth
