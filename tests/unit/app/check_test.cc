#include "app/check.h"

#include <gmock/gmock.h>

#include <string>

#include "unit/app/world.h"

namespace berth::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::BrokenStore;
using tests::FakeMachine;
using tests::listener;
using tests::owned;
using tests::registry;
using tests::unit;
using tests::World;

TEST(Check, LooksAtTheWholeMachineWithEverySource) {
  World world(registry({owned(allocation("web", "80"), unit("nginx.service"))}));
  world.machine.scene.holders = {listener("80", "caddy"), listener("22", "sshd")};
  const auto report = check_server(world.context(), false).value();
  EXPECT_THAT(report.findings, ElementsAre(testing::Field(&Finding::id, "foreign-owner")));
  EXPECT_EQ(report.allocations, 1U);
  EXPECT_EQ(report.holders, 2U);
  ASSERT_THAT(world.machine.questions, SizeIs(1));
  EXPECT_EQ(world.machine.questions.front().sources, inspect::Sources::all);
  EXPECT_EQ(world.machine.questions.front().about, std::nullopt);
}

TEST(Check, ListenersThatNobodyRegisteredAreFoundOnlyIfAsked) {
  World world;
  world.machine.scene.holders = {listener("22", "sshd")};
  EXPECT_THAT(check_server(world.context(), false)->findings, IsEmpty());
  EXPECT_THAT(check_server(world.context(), true)->findings, SizeIs(1));
}

TEST(Check, TellsWhatCouldNotBeSeen) {
  World world;
  world.machine.blind_spots = {{"container", "the engine does not answer"}};
  EXPECT_THAT(check_server(world.context(), false)->blind_spots, SizeIs(1));
}

TEST(Check, OfAnUnreadableRegistryIsAnError) {
  BrokenStore store;
  FakeMachine machine;
  const auto result = check_server({store, machine, nullptr, nullptr}, false);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace berth::app
