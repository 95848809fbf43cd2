#include "app/restore.h"

#include <gmock/gmock.h>

#include "unit/app/world.h"

namespace berth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::listener;
using tests::owned;
using tests::registry;
using tests::unit;
using tests::World;
using Goal = RestoreRequest::Goal;

// Revision 1 has a; 2 adds b; 3 adds c.
struct Life {
  Life() : world(registry({allocation("a", "80")})) {
    tests::put(world.store, allocation("b", "81"));
    tests::put(world.store, owned(allocation("c", "82"), unit("c.service")));
    world.store.updates = 0;
  }
  World world;
};

TEST(Undo, TakesTheLastCommitBackAsACommit) {
  Life life;
  const auto restored = restore(life.world.context(), {.goal = Goal::before_last}).value();
  EXPECT_EQ(restored.goal, 2U);
  EXPECT_EQ(restored.latest, 4U);
  EXPECT_EQ(life.world.registry().find("c"), nullptr);
  EXPECT_NE(life.world.registry().find("b"), nullptr);
  const auto commit = life.world.commits().back();
  ASSERT_THAT(commit.records, SizeIs(1));
  EXPECT_EQ(commit.records[0].service(), "c");
  EXPECT_EQ(commit.records[0].after, std::nullopt);
  EXPECT_EQ(commit.author.user, "ada");
}

TEST(Undo, OfUndoBringsItBack) {
  Life life;
  const auto before = life.world.registry().allocations();
  restore(life.world.context(), {.goal = Goal::before_last}).value();
  restore(life.world.context(), {.goal = Goal::before_last}).value();
  EXPECT_EQ(life.world.registry().allocations(), before);
}

TEST(Undo, OfNothingIsRefused) {
  World world;
  EXPECT_EQ(restore(world.context(), {.goal = Goal::before_last}).error().code, ErrorCode::negative);
}

TEST(Undo, IsOfTheLastCommitUnderTheLock) {
  Life life;
  life.world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("d", "83")); };
  EXPECT_EQ(restore(life.world.context(), {.goal = Goal::before_last}).value().goal, 3U);
  EXPECT_EQ(life.world.registry().find("d"), nullptr);
  EXPECT_NE(life.world.registry().find("c"), nullptr);
}

TEST(Restore, GoesBackToARevision) {
  Life life;
  const auto restored = restore(life.world.context(), {.revision = 1}).value();
  EXPECT_THAT(restored.restoration.changes, SizeIs(2));
  EXPECT_THAT(life.world.registry().allocations(), SizeIs(1));
  EXPECT_EQ(life.world.registry().revision, 4U);
}

TEST(Restore, OfTheLatestIsNoCommit) {
  Life life;
  EXPECT_EQ(restore(life.world.context(), {.revision = 3}).value().latest, 3U);
  EXPECT_THAT(life.world.commits(), SizeIs(2));
}

TEST(Restore, OfWhatNeverWasIsRefused) {
  Life life;
  EXPECT_EQ(restore(life.world.context(), {.revision = 9}).error().code, ErrorCode::negative);
  EXPECT_EQ(restore(life.world.context(), {.revision = 0}).error().code, ErrorCode::negative);
  EXPECT_THAT(life.world.commits(), SizeIs(2));
}

TEST(Restore, ToWhatIsKept) {
  Life life;
  const auto restored = restore(life.world.context(), {.goal = Goal::kept}).value();
  EXPECT_EQ(restored.goal, 2U);
  EXPECT_EQ(life.world.registry().find("c"), nullptr);
  World world;
  EXPECT_EQ(restore(world.context(), {.goal = Goal::kept}).error().code, ErrorCode::negative);
}

TEST(Restore, LooksAtTheMachineBeforeTheLockAndOnlyIfAServiceGetsAPort) {
  Life life;
  life.world.store.locked = [&] { life.world.machine.questions.clear(); };
  restore(life.world.context(), {.revision = 2}).value();
  EXPECT_THAT(life.world.machine.questions, IsEmpty());
  int before_lock = 0;
  life.world.store.locked = [&] { before_lock = static_cast<int>(life.world.machine.questions.size()); };
  restore(life.world.context(), {.revision = 3}).value();
  EXPECT_EQ(before_lock, 1);
  EXPECT_THAT(life.world.machine.questions, SizeIs(1));
}

TEST(Restore, OfAPortThatAnotherHasNowWarnsOrIsRefused) {
  Life life;
  restore(life.world.context(), {.revision = 2}).value();
  life.world.machine.scene.holders = {listener("0.0.0.0:82")};
  const auto error = restore(life.world.context(), {.revision = 3, .strict = true}).error();
  EXPECT_EQ(error.code, ErrorCode::taken);
  EXPECT_EQ(life.world.registry().find("c"), nullptr);
  const auto restored = restore(life.world.context(), {.revision = 3}).value();
  EXPECT_THAT(restored.restoration.warnings, ElementsAre(HasSubstr("82/tcp is held by nginx")));
  EXPECT_NE(life.world.registry().find("c"), nullptr);
}

TEST(Restore, SaysWhatAnEditorHadDone) {
  Life life;
  // As an editor does: without a record.
  life.world.store
      .update({},
              [](Registry latest) {
                latest.put(allocation("c", "99"));
                return store::Change{std::move(latest), {}};
              })
      .value();
  const auto restored = restore(life.world.context(), {.revision = 2}).value();
  EXPECT_THAT(restored.restoration.warnings, ElementsAre(HasSubstr("c was changed in the file itself")));
}

TEST(PlanRestore, ChangesNothing) {
  Life life;
  const auto planned = plan_restore(life.world.context(), {.revision = 1}).value();
  EXPECT_THAT(planned.restoration.changes, SizeIs(2));
  EXPECT_EQ(planned.latest, 3U);
  EXPECT_EQ(life.world.store.updates, 0);
}

TEST(Restore, FromAStoreThatCannotBeReadIsItsError) {
  tests::BrokenStore torn;
  World world;
  const auto context = world.context();
  EXPECT_EQ(restore({torn, world.machine, context.author, context.now}, {}).error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace berth::app
