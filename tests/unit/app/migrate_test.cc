#include "app/migrate.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/app/world.h"

namespace berth::app {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::registry;
using tests::taken_over;
using tests::unit;
using tests::World;
using What = PlannedChange::What;

// As the two old formats are read: without a revision.
Registry old(std::initializer_list<Allocation> allocations) {
  auto made = registry(allocations);
  made.revision = 0;
  return made;
}

Plan plan(World& world, const std::vector<store::Store*>& sources, const std::vector<Running>& running = {}) {
  const bool whole_machine = sources.empty() && running.empty();
  return plan_migration(world.context(), {.sources = sources, .running = running, .whole_machine = whole_machine})
      .value()
      .plan;
}

std::vector<std::pair<std::string, What>> outline(const Plan& plan) {
  std::vector<std::pair<std::string, What>> lines;
  for (const auto& change : plan.changes) lines.emplace_back(change.allocation.service, change.what);
  return lines;
}

TEST(MigrateRegistry, AddsWhatIsNotThereYet) {
  World world(registry({allocation("web", "80")}));
  tests::MemoryStore source(old({taken_over("app", "8080"), taken_over("web", "80"), taken_over("rival", "80")}));
  EXPECT_THAT(outline(plan(world, {&source})),
              ElementsAre(Pair("app", What::add), Pair("rival", What::conflict), Pair("web", What::keep)));
}

TEST(MigrateRegistry, SaysWhereItFoundIt) {
  World world;
  tests::WatchedStore source(old({taken_over("app", "8080")}));
  EXPECT_THAT(plan(world, {&source}).changes.at(0).because, HasSubstr("/srv/ports.json"));
}

TEST(MigrateRegistry, OfTwoThatWantOnePortTheFirstWins) {
  World world;
  tests::MemoryStore source(old({taken_over("a", "8080"), taken_over("b", "8080")}));
  EXPECT_THAT(outline(plan(world, {&source})), ElementsAre(Pair("a", What::add), Pair("b", What::conflict)));
}

TEST(MigrateRegistry, OfTwoSourcesTheFirstWins) {
  World world;
  tests::MemoryStore first(old({taken_over("a", "8080")}));
  tests::MemoryStore second(old({taken_over("a", "8081"), taken_over("b", "8080"), taken_over("c", "8081")}));
  EXPECT_THAT(outline(plan(world, {&first, &second})), ElementsAre(Pair("a", What::add), Pair("a", What::conflict),
                                                                   Pair("b", What::conflict), Pair("c", What::add)));
}

TEST(MigrateRegistry, ThatCannotBeReadIsAnError) {
  World world;
  tests::BrokenStore torn;
  const std::vector<store::Store*> sources{&torn};
  EXPECT_EQ(plan_migration(world.context(), {sources, {}}).error().code, ErrorCode::unreadable);
}

TEST(MigrateRegistry, ItsOwnOldFormIsASource) {
  World world(old({taken_over("a", "8080"), taken_over("b", "8081")}));
  EXPECT_THAT(outline(plan(world, {})), ElementsAre(Pair("a", What::add), Pair("b", What::add)));
}

TEST(MigrateRegistry, ItsOwnPresentFormIsNone) {
  World world(registry({allocation("a", "8080")}));
  EXPECT_THAT(outline(plan(world, {})), ElementsAre(Pair("a", What::keep)));
  EXPECT_EQ(plan(world, {}).changes.at(0).match, PlannedChange::Match::none);
}

TEST(MigrateRegistry, WhatDoesNotSaySinceWhenIsThereSinceItIsTakenOver) {
  World world;
  auto known = taken_over("known", "8081");
  known.since = tests::earlier;
  tests::MemoryStore source(old({known, taken_over("unknown", "8080")}));
  const auto changes = plan(world, {&source}).changes;
  EXPECT_EQ(changes.at(0).allocation.since, tests::earlier);
  EXPECT_EQ(changes.at(1).allocation.since, tests::now);
}

// An old file that lies about says less than is known by now.
TEST(MigrateRegistry, WhatIsPartOfWhatIsRegisteredIsKept) {
  World world(registry({allocation("dns", "53/tcp+udp")}));
  tests::MemoryStore source(old({taken_over("dns", "53")}));
  EXPECT_THAT(outline(plan(world, {&source})), ElementsAre(Pair("dns", What::keep)));
}

TEST(MigrateRegistry, OfWhatIsFoundInPartTheServiceIsTakenOverAndTheRestTold) {
  World world(old({taken_over("dns", "53")}));
  world.machine.scene.holders = {listener("53", "named"), listener("53/udp", "named")};
  const auto changes = plan(world, {}).changes;
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].what, What::add);
  EXPECT_EQ(changes[0].allocation.kind, Kind::fixed);
  EXPECT_EQ(changes[0].allocation.owner, unit("named.service"));
  EXPECT_EQ(changes[1].match, PlannedChange::Match::part);
  EXPECT_THAT(changes[1].because, HasSubstr("registered for 53/tcp alone: berth register dns 53/tcp+udp fixed"));
}

TEST(MigrateRegistry, PlanningWritesNothing) {
  World world(old({taken_over("a", "8080")}));
  plan(world, {});
  EXPECT_EQ(world.store.updates, 0);
}

TEST(MigrateRunning, TakesOverTheListenerThatIsNamed) {
  World world;
  world.machine.scene.holders = {listener("3000", "gitea")};
  const auto changes = plan(world, {}, {{"gitea", endpoint("3000")}}).changes;
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].what, What::add);
  EXPECT_EQ(changes[0].allocation.endpoint, endpoint("3000"));
  EXPECT_EQ(changes[0].allocation.owner, unit("gitea.service"));
  EXPECT_EQ(changes[0].allocation.since, tests::now);
  EXPECT_EQ(changes[0].allocation.preferred, std::nullopt);
  EXPECT_THAT(changes[0].because, HasSubstr("gitea (pid 812"));
}

TEST(MigrateRunning, WhatRunsIsNeverMoved) {
  World world;
  world.machine.scene.holders = {listener("3000", "gitea")};
  EXPECT_EQ(plan(world, {}, {{"gitea", endpoint("3000")}}).changes.at(0).allocation.kind, Kind::fixed);
}

TEST(MigrateRunning, NeedsAListener) {
  World world;
  world.machine.scene.holders = {tests::connection("3000"), listener("3000/udp")};
  const std::vector<Running> running{{"gitea", endpoint("3000")}};
  const auto error = plan_migration(world.context(), {.running = running}).error();
  EXPECT_EQ(error.code, ErrorCode::unseen);
  EXPECT_EQ(error.message, "nothing listens on 3000/tcp, so it cannot be 'gitea'");
  EXPECT_THAT(error.hint, HasSubstr("berth register gitea 3000"));
}

TEST(MigrateRunning, NeedsAGoodName) {
  World world;
  world.machine.scene.holders = {listener("3000")};
  const std::vector<Running> running{{"x\"y", endpoint("3000")}};
  EXPECT_EQ(plan_migration(world.context(), {.running = running}).error().code, ErrorCode::usage);
}

TEST(MigrateRunning, OnAnAllocatedPortIsAConflict) {
  World world(registry({allocation("web", "3000")}));
  world.machine.scene.holders = {listener("3000")};
  EXPECT_THAT(outline(plan(world, {}, {{"gitea", endpoint("3000")}, {"web", endpoint("3000")}})),
              ElementsAre(Pair("gitea", What::conflict), Pair("web", What::keep)));
}

TEST(MigrateRunning, UnderTwoNamesIsAConflict) {
  World world;
  world.machine.scene.holders = {listener("3000")};
  EXPECT_THAT(outline(plan(world, {}, {{"a", endpoint("3000")}, {"b", endpoint("3000")}})),
              ElementsAre(Pair("a", What::add), Pair("b", What::conflict)));
}

TEST(MigrateMachine, TakesOverWhatListensUnderItsOwnName) {
  World world(registry({allocation("web", "80")}));
  world.machine.scene.holders = {listener("80"), listener("127.0.0.1:5432", "postgres"), listener("53/udp", "dns"),
                                 tests::connection("4000")};
  EXPECT_THAT(outline(plan(world, {})),
              ElementsAre(Pair("dns", What::add), Pair("web", What::keep), Pair("postgres", What::add)));
}

TEST(MigrateMachine, TakesOverWhatFilesSay) {
  World world;
  const Discovery discovery{{{.source = "compose",
                              .file = "/srv/blog/compose.yaml",
                              .line = 4,
                              .group = "blog",
                              .member = "web",
                              .endpoint = endpoint("8080")}},
                            {}};
  const auto migration = plan_migration(world.context(), {.discovery = &discovery}).value();
  EXPECT_THAT(outline(migration.plan), ElementsAre(Pair("blog", What::add)));
  EXPECT_EQ(migration.found.at(0).service, "blog");
}

TEST(MigrateMachine, IsLeftAloneWhereSomethingIsNamed) {
  World world;
  world.machine.scene.holders = {listener("80"), listener("3000", "gitea")};
  EXPECT_THAT(plan(world, {}, {{"gitea", endpoint("3000")}}).changes, SizeIs(1));
  tests::MemoryStore source;
  EXPECT_THAT(plan(world, {&source}).changes, IsEmpty());
}

TEST(MigrateMachine, TwiceIsOnce) {
  World world;
  world.machine.scene.holders = {listener("80")};
  apply_migration(world.context(), plan(world, {})).value();
  EXPECT_FALSE(plan(world, {}).adds());
  EXPECT_THAT(world.commits(), SizeIs(1));
}

TEST(ApplyMigration, PublishesAllInOneCommit) {
  World world(registry({allocation("web", "80")}));
  world.machine.scene.holders = {listener("3000", "gitea")};
  tests::MemoryStore source(old({taken_over("app", "8080"), taken_over("rival", "80")}));
  const auto planned = plan(world, {&source}, {{"gitea", endpoint("3000")}});
  const auto applied = apply_migration(world.context(), planned).value();
  EXPECT_EQ(outline(applied), outline(planned));
  ASSERT_THAT(world.commits(), SizeIs(1));
  EXPECT_THAT(world.commits()[0].records, SizeIs(2));
  EXPECT_EQ(world.registry().find("rival"), nullptr);
  auto app = taken_over("app", "8080");
  app.since = tests::now;
  EXPECT_EQ(*world.registry().find("app"), app);
  EXPECT_EQ(world.registry().find("gitea")->owner, unit("gitea.service"));
}

TEST(ApplyMigration, GivesAnOldFormItsRevision) {
  World world(old({taken_over("a", "8080"), taken_over("b", "8081")}));
  apply_migration(world.context(), plan(world, {})).value();
  EXPECT_EQ(world.registry().revision, 1U);
  EXPECT_THAT(world.commits().at(0).records, SizeIs(2));
  EXPECT_FALSE(plan(world, {}).adds());
}

// What overlaps is left to the operator, and must not be lost.
TEST(ApplyMigration, KeepsEverythingOfAnOldForm) {
  World world(old({taken_over("a", "8080"), taken_over("b", "8080")}));
  const auto applied = apply_migration(world.context(), plan(world, {})).value();
  EXPECT_TRUE(applied.has_conflicts());
  EXPECT_THAT(world.registry().allocations(), SizeIs(2));
}

TEST(ApplyMigration, PlansAnewWhatHasChangedMeanwhile) {
  World world;
  tests::MemoryStore source(old({taken_over("app", "8080"), taken_over("web", "80")}));
  const auto planned = plan(world, {&source});
  world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("other", "8080")); };
  const auto applied = apply_migration(world.context(), planned).value();
  EXPECT_THAT(outline(applied), ElementsAre(Pair("app", What::conflict), Pair("web", What::add)));
  EXPECT_EQ(world.registry().find("app"), nullptr);
  EXPECT_NE(world.registry().find("web"), nullptr);
}

TEST(ApplyMigration, WhatIsReleasedMeanwhileIsNotSaidToBeKept) {
  World world(registry({allocation("app", "8080"), allocation("db", "5432")}));
  tests::MemoryStore source(old({taken_over("app", "8080"), taken_over("db", "5432"), taken_over("web", "80")}));
  const auto planned = plan(world, {&source});
  world.store.meanwhile = [](store::Store& store) { tests::erase(store, allocation("app", "8080")); };
  const auto applied = apply_migration(world.context(), planned).value();
  EXPECT_THAT(outline(applied), ElementsAre(Pair("app", What::skip), Pair("db", What::keep), Pair("web", What::add)));
  EXPECT_THAT(applied.changes[0].because, HasSubstr("berth migrate once more"));
}

TEST(ApplyMigration, OfWhatIsThereAlreadyIsNoCommit) {
  World world(registry({allocation("web", "80")}));
  tests::MemoryStore source(old({taken_over("web", "80")}));
  apply_migration(world.context(), plan(world, {&source})).value();
  EXPECT_THAT(world.commits(), IsEmpty());
}

TEST(ApplyMigration, TwiceIsOnce) {
  World world;
  tests::MemoryStore source(old({taken_over("app", "8080"), taken_over("web", "80")}));
  for (int count = 0; count < 2; ++count) apply_migration(world.context(), plan(world, {&source})).value();
  EXPECT_THAT(world.commits(), SizeIs(1));
}

}  // namespace
}  // namespace berth::app
