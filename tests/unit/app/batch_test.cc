// Many requests at once, which are answered from one census.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "app/register.h"
#include "unit/app/world.h"
#include "unit/core/random_values.h"

namespace berth::app {
namespace {

using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::many;
using tests::many_from;
using tests::nameless;
using tests::registry;
using tests::request;
using tests::taken_over;
using tests::World;

TEST(Batch, IsOneCommit) {
  World world;
  register_services(world.context(), many_from("8080")).value();
  EXPECT_EQ(world.store.updates, 1);
  ASSERT_THAT(world.commits(), SizeIs(1));
  EXPECT_THAT(world.commits()[0].records, SizeIs(many));
}

TEST(Batch, RecordsOnlyWhatChanges) {
  World world(registry({allocation("s12", "8080")}));
  register_services(world.context(), many_from("8080")).value();
  EXPECT_THAT(world.commits().at(0).records, SizeIs(many - 1));
}

TEST(Batch, IsNothingIfOneIsRefused) {
  World world(registry({allocation("app", "9000")}));
  auto asked = many_from("8080");
  asked.push_back(request("web", "9000", Kind::fixed));
  asked.back().line = 21;
  const auto error = register_services(world.context(), asked).error();
  EXPECT_EQ(error.code, ErrorCode::taken);
  EXPECT_TRUE(error.message.starts_with("line 21: port 9000/tcp is allocated to app"));
  EXPECT_EQ(world.registry(), registry({allocation("app", "9000")}));
}

TEST(Batch, ProbesOnlyWhereSomethingWasSeen) {
  World world;
  world.machine.scene.holders = {listener("8085")};
  register_services(world.context(), many_from("8080")).value();
  EXPECT_EQ(world.registry().find("s29")->endpoint, endpoint("8100"));
  for (const auto& probed : world.machine.scene.probed) EXPECT_EQ(probed, endpoint("8085"));
}

TEST(Batch, LooksAtTheMachineAgainUnderTheLock) {
  World world;
  world.store.meanwhile = [&](store::Store&) { world.machine.scene.holders = {listener("8085")}; };
  register_services(world.context(), many_from("8080")).value();
  EXPECT_EQ(world.registry().find("s15")->endpoint, endpoint("8086"));
}

TEST(Batch, ProbesEverythingWhereTheCensusMayBeIncomplete) {
  World world;
  world.machine.blind_spots = {{"socket", "bound sockets cannot be listed"}};
  world.machine.scene.probes[8085] = {Probe::Result::in_use, ""};
  register_services(world.context(), many_from("8080")).value();
  EXPECT_EQ(world.registry().find("s15")->endpoint, endpoint("8086"));
}

TEST(Batch, ProbesWhereAServerNeedsAPrivilege) {
  World world;
  world.machine.scene.probes[85] = {Probe::Result::not_permitted, "only root may"};
  const auto decisions = register_services(world.context(), many_from("80")).value();
  EXPECT_THAT(decisions[5].warnings, testing::Contains("only root may"));
}

TEST(Batch, ProbesWhereTheMachineMayNotHaveTheAddress) {
  World world;
  world.machine.scene.probes[8085] = {Probe::Result::no_address, "no such address"};
  const auto decisions = register_services(world.context(), many_from("10.9.8.7:8080")).value();
  EXPECT_THAT(decisions[5].warnings, testing::Contains("no such address"));
}

TEST(Batch, SeesAServiceThatRunsBelowAllThatIsAskedFor) {
  World world(registry({taken_over("s12", "7000")}));
  world.machine.scene.holders = {nameless("7000")};
  auto asked = many_from("8080");
  for (auto& each : asked) each.kind = Kind::flexible;
  register_services(world.context(), asked).value();
  EXPECT_EQ(world.registry().find("s12")->endpoint, endpoint("7000"));
}

// Owners are looked up for a few requests alone, so that many may know less than one.
Registry anonymous(const Registry& registry) {
  Registry made;
  for (auto [name, each] : registry.allocations()) {
    each.owner = {};
    each.contest.reset();
    made.put(each);
  }
  return made;
}

RC_GTEST_PROP(BatchProperty, AnswersAsItsRequestsOneByOne, ()) {
  const auto start = anonymous(*tests::any_sound_registry());
  auto scene = *tests::any_scene();
  for (auto& holder : scene.holders) holder.unit.clear();
  auto requests = *rc::gen::container<std::vector<Request>>(many, tests::any_request());
  for (auto& each : requests) each.kind = each.kind == Kind::fixed ? std::nullopt : each.kind;

  World together(start);
  together.machine.scene = scene;
  const auto batch = register_services(together.context(), requests);

  World apart(start);
  apart.machine.scene = scene;
  for (const auto& each : requests) {
    const auto one = register_services(apart.context(), {&each, 1});
    if (one) continue;
    RC_ASSERT(!batch.has_value());
    RC_ASSERT(batch.error().code == one.error().code);
    RC_ASSERT(anonymous(together.registry()) == start);
    return;
  }
  RC_ASSERT(batch.has_value());
  RC_ASSERT(anonymous(together.registry()) == anonymous(apart.registry()));
}

}  // namespace
}  // namespace berth::app
