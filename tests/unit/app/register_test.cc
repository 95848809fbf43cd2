#include "app/register.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

#include "unit/app/world.h"

namespace berth::app {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::moved;
using tests::nameless;
using tests::owned;
using tests::ports;
using tests::registry;
using tests::request;
using tests::unit;
using tests::World;

std::expected<Decision, Error> register_one(World& world, const Request& request) {
  auto decisions = register_services(world.context(), {&request, 1});
  if (!decisions) return std::unexpected(decisions.error());
  return decisions->front();
}

TEST(Register, PublishesWhatIsDecided) {
  World world(registry({allocation("app", "8080")}));
  const auto decision = register_one(world, request("web", "8080")).value();
  EXPECT_EQ(decision.allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(*world.registry().find("web"), decision.allocation);
  EXPECT_EQ(*world.registry().find("app"), allocation("app", "8080"));
}

TEST(Register, IsToldInTheHistory) {
  World world(registry({allocation("app", "8080")}));
  const auto decision = register_one(world, request("web", "8080")).value();
  const auto commits = world.commits();
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_EQ(commits[0].author.user, "ada");
  EXPECT_EQ(commits[0].author.command, "register web 8080");
  ASSERT_THAT(commits[0].records, SizeIs(1));
  const auto& record = commits[0].records[0];
  EXPECT_EQ(record.service(), "web");
  EXPECT_EQ(record.before, std::nullopt);
  EXPECT_EQ(record.after, decision.allocation);
  EXPECT_EQ(record.choice, Choice::moved);
  EXPECT_EQ(record.skipped, decision.skipped);
}

TEST(Register, AnAdjustmentRecordsBothSides) {
  World world(registry({allocation("web", "8080")}));
  register_one(world, request("web", "9000")).value();
  const auto record = world.commits().at(0).records.at(0);
  EXPECT_EQ(record.before, allocation("web", "8080"));
  EXPECT_EQ(record.after->endpoint, endpoint("9000"));
}

TEST(Register, WhatIsAsAskedIsNeitherLockedNorWritten) {
  World world(registry({moved("web", "8081", 8080), allocation("app", "9000", Kind::fixed)}));
  for (const bool running : {false, true}) {
    if (running) world.machine.scene.holders = {listener("8081"), listener("9000")};
    EXPECT_EQ(register_one(world, request("web", "8080", Kind::flexible))->allocation.endpoint, endpoint("8081"));
    EXPECT_EQ(register_one(world, request("app", "9000", Kind::fixed))->choice, Choice::kept);
  }
  EXPECT_EQ(world.store.updates, 0);
}

TEST(Register, ABatchThatIsAsAskedIsNeitherLockedNorWritten) {
  World world(registry({allocation("web", "8080"), allocation("app", "9000")}));
  const std::array asked{request("web", "8080"), request("app", "9000")};
  EXPECT_THAT(register_services(world.context(), asked).value(), Each(Field(&Decision::choice, Choice::kept)));
  EXPECT_EQ(world.store.updates, 0);
}

TEST(Register, LooksForNobodyWhereNothingIsInUse) {
  World world;
  register_one(world, request("web", "8080")).value();
  EXPECT_THAT(world.machine.questions, Each(Field(&inspect::Question::sources, inspect::Sources::hidden)));
}

TEST(Register, ABadNameIsRefusedBeforeAnythingElse) {
  World world;
  for (const auto* name : {"", "-n", "a/b/c", "x\"y"}) {
    const auto error = register_one(world, request(name, "8080")).error();
    EXPECT_EQ(error.code, ErrorCode::usage) << name;
  }
  EXPECT_EQ(world.store.updates, 0);
  EXPECT_THAT(world.machine.scene.probed, IsEmpty());
}

TEST(Register, ABadNameOfABatchSaysWhere) {
  World world;
  std::array asked{request("web", "8080"), request("-n", "8081")};
  asked[1].line = 2;
  EXPECT_THAT(register_services(world.context(), asked).error().message,
              testing::StartsWith("line 2: invalid service"));
}

TEST(Register, AnOddNameThatTheRegistryHasIsAName) {
  World world(registry({allocation("x\"y", "8080")}));
  EXPECT_EQ(register_one(world, request("x\"y", "8080"))->choice, Choice::kept);
  EXPECT_EQ(register_one(world, request("x\"y", "9000"))->allocation.endpoint, endpoint("9000"));
}

TEST(Register, WhatIsRefusedIsNotRecorded) {
  World world(registry({allocation("app", "8080")}));
  EXPECT_EQ(register_one(world, request("web", "8080", Kind::fixed)).error().code, ErrorCode::taken);
  EXPECT_EQ(world.registry(), registry({allocation("app", "8080")}));
  EXPECT_THAT(world.commits(), IsEmpty());
}

TEST(Register, AStoreThatCannotBeReadIsLeftAlone) {
  tests::BrokenStore torn;
  World world;
  auto context = world.context();
  const Context broken{torn, world.machine, context.author, context.now};
  const auto asked = request("web", "8080");
  EXPECT_EQ(register_services(broken, {&asked, 1}).error().code, ErrorCode::unreadable);
  EXPECT_EQ(plan_registration(broken, {&asked, 1}).error().code, ErrorCode::unreadable);
  EXPECT_EQ(next_ports(broken, asked.endpoint, {}, 1).error().code, ErrorCode::unreadable);
}

TEST(RegisterUnderARace, DoesNotTakeWhatAnotherServiceGotMeanwhile) {
  World world;
  world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("app", "8080")); };
  EXPECT_EQ(register_one(world, request("web", "8080"))->allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(world.registry().find("web")->endpoint, endpoint("8081"));
  EXPECT_EQ(world.registry().find("app")->endpoint, endpoint("8080"));
}

TEST(RegisterUnderARace, RefusesAFixedPortThatAnotherServiceGotMeanwhile) {
  World world;
  world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("app", "8080")); };
  EXPECT_EQ(register_one(world, request("web", "8080", Kind::fixed)).error().code, ErrorCode::taken);
  EXPECT_EQ(world.registry().find("web"), nullptr);
}

TEST(RegisterUnderARace, KeepsWhatTheServiceGotMeanwhile) {
  World world;
  world.store.meanwhile = [](store::Store& store) { tests::put(store, moved("web", "8085", 8080)); };
  const auto decision = register_one(world, request("web", "8080")).value();
  EXPECT_EQ(decision.choice, Choice::kept);
  EXPECT_EQ(decision.allocation.endpoint, endpoint("8085"));
  EXPECT_THAT(world.commits(), SizeIs(1));
}

TEST(RegisterUnderARace, DoesNotTakeAPortThatWasBoundMeanwhile) {
  World world;
  world.store.meanwhile = [&](store::Store&) { world.machine.scene.holders = {listener("8080")}; };
  const auto decision = register_one(world, request("web", "8080")).value();
  EXPECT_EQ(decision.allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(decision.skipped.at(0).verdict, Verdict::held);
}

TEST(RegisterUnderARace, RegistersAnewWhatWasReleasedMeanwhile) {
  World world(registry({allocation("web", "8080"), allocation("app", "9000")}));
  world.store.meanwhile = [](store::Store& store) {
    store
        .update({},
                [](Registry latest) {
                  latest.erase("web");
                  return store::Change{latest, {}};
                })
        .value();
  };
  const std::array asked{request("web", "8080"), request("app", "9001")};
  const auto decisions = register_services(world.context(), asked).value();
  EXPECT_EQ(decisions[0].choice, Choice::preferred);
  EXPECT_EQ(world.registry().find("web")->endpoint, endpoint("8080"));
}

TEST(RegisterUnderARace, OfABatchTakesTheLatestForAll) {
  World world;
  world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("app", "8081")); };
  const std::array asked{request("a", "8080"), request("b", "8080"), request("c", "8080")};
  register_services(world.context(), asked).value();
  EXPECT_FALSE(tests::registry({}).find("a"));
  EXPECT_EQ(world.registry().find("a")->endpoint, endpoint("8080"));
  EXPECT_EQ(world.registry().find("b")->endpoint, endpoint("8082"));
  EXPECT_EQ(world.registry().find("c")->endpoint, endpoint("8083"));
}

// A walk through all processes takes milliseconds, and others wait for the lock.
TEST(RegisterUnderTheLock, NobodyIsLookedUp) {
  World world(registry({owned(allocation("app", "9000"), unit("app.service"))}));
  for (unsigned port = 8080; port < 8090; ++port) {
    world.machine.scene.holders.push_back(listener(std::to_string(port)));
  }
  world.store.locked = [&] { world.machine.questions.clear(); };
  world.store.unlocked = [&] { EXPECT_FALSE(world.machine.was_asked_for_owners()); };
  EXPECT_EQ(register_one(world, request("web", "8080"))->allocation.endpoint, endpoint("8090"));
  EXPECT_EQ(world.store.updates, 1);
}

TEST(RegisterUnderTheLock, WhoWasSeenBeforeIsNamed) {
  World world;
  world.machine.scene.holders = {listener("80")};
  const auto decision = register_one(world, request("web", "80", Kind::fixed)).value();
  EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("nginx (pid 812")));
  EXPECT_EQ(world.registry().find("web")->contest->pid, 812);
}

TEST(RegisterUnderTheLock, AFlexibleServiceIsMovedFromAKnownForeignHolder) {
  World world(registry({owned(moved("web", "8081", 8080), unit("nginx.service"))}));
  world.machine.scene.holders = {listener("8080", "caddy"), listener("8081", "caddy")};
  const auto decision = register_one(world, request("web", "8080")).value();
  EXPECT_EQ(decision.allocation.endpoint, endpoint("8082"));
  EXPECT_EQ(world.registry().find("web")->endpoint, endpoint("8082"));
}

TEST(RegisterUnderTheLock, AServiceIsMovedFromAForeignHolderAlsoBesideANewOne) {
  World world(registry({owned(moved("web", "8081", 8080), unit("nginx.service"))}));
  world.machine.scene.holders = {listener("8080", "caddy"), listener("8081", "caddy")};
  const std::array asked{request("web", "8080"), request("new", "9000")};
  EXPECT_EQ(register_services(world.context(), asked)->front().allocation.endpoint, endpoint("8082"));
}

TEST(DryRun, SaysWhatWouldBeAndWritesNothing) {
  World world(registry({allocation("app", "8080")}));
  const std::array asked{request("web", "8080"), request("db", "8080")};
  const auto outcome = plan_registration(world.context(), asked).value();
  EXPECT_EQ(outcome.decisions[0].allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(outcome.decisions[1].allocation.endpoint, endpoint("8082"));
  EXPECT_EQ(world.store.updates, 0);
  EXPECT_EQ(world.registry(), registry({allocation("app", "8080")}));
}

TEST(DryRun, RefusesWhatWouldBeRefused) {
  World world(registry({allocation("app", "8080")}));
  const auto fixed = request("web", "8080", Kind::fixed);
  const auto bad_name = request("x\"y", "9000");
  EXPECT_EQ(plan_registration(world.context(), {&fixed, 1}).error().code, ErrorCode::taken);
  EXPECT_EQ(plan_registration(world.context(), {&bad_name, 1}).error().code, ErrorCode::usage);
}

TEST(DryRun, SaysWhatThenHappens) {
  World world(registry({allocation("app", "8080")}));
  world.machine.scene.holders = {listener("8081"), nameless("8083")};
  const std::array asked{request("web", "8080"), request("db", "8082-8084"), request("app", "8080")};
  const auto planned = plan_registration(world.context(), asked).value().registry;
  register_services(world.context(), asked).value();
  EXPECT_EQ(world.registry().allocations(), planned.allocations());
}

TEST(NextPorts, AreNotRecorded) {
  World world(registry({allocation("app", "8081")}));
  const auto decisions = next_ports(world.context(), endpoint("8080"), {}, 3).value();
  std::vector<PortRange> found;
  for (const auto& decision : decisions) found.push_back(decision.allocation.endpoint.ports);
  EXPECT_THAT(found, ElementsAre(ports("8080"), ports("8082"), ports("8083")));
  EXPECT_EQ(world.store.updates, 0);
}

TEST(NextPorts, ManyAreFoundWithOneCensus) {
  World world;
  world.machine.scene.holders = {listener("8085")};
  const auto decisions = next_ports(world.context(), endpoint("8080"), {}, 100).value();
  EXPECT_EQ(decisions.back().allocation.endpoint, endpoint("8180"));
  EXPECT_LT(world.machine.scene.probed.size(), 10U);
}

}  // namespace
}  // namespace berth::app
