#include "app/release.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/app/world.h"

namespace berth::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::registry;
using tests::World;

using Names = std::vector<std::string>;

Registry three() { return registry({allocation("a", "80"), allocation("b", "81"), allocation("c", "82")}); }

TEST(Release, GivesThePortsBack) {
  World world(three());
  EXPECT_THAT(release_services(world.context(), Names{"c", "a"}).value(),
              ElementsAre(allocation("a", "80"), allocation("c", "82")));
  EXPECT_THAT(world.registry().allocations(), SizeIs(1));
  EXPECT_NE(world.registry().find("b"), nullptr);
}

TEST(Release, IsOneCommitThatSaysWhatWas) {
  World world(three());
  release_services(world.context(), Names{"a", "b"}).value();
  const auto commits = world.commits();
  ASSERT_THAT(commits, SizeIs(1));
  ASSERT_THAT(commits[0].records, SizeIs(2));
  EXPECT_EQ(commits[0].records[0].before, allocation("a", "80"));
  EXPECT_EQ(commits[0].records[0].after, std::nullopt);
  EXPECT_EQ(commits[0].records[0].choice, std::nullopt);
}

TEST(Release, IsAllOrNothing) {
  World world(three());
  const auto error = release_services(world.context(), Names{"a", "bb", "c"}).error();
  EXPECT_EQ(error.code, ErrorCode::negative);
  EXPECT_EQ(error.message, "service 'bb' is not registered");
  EXPECT_EQ(error.hint, "did you mean b?");
  EXPECT_EQ(world.registry(), three());
  EXPECT_THAT(world.commits(), IsEmpty());
}

TEST(Release, OfOneServiceTwiceIsOnce) {
  World world(three());
  EXPECT_THAT(release_services(world.context(), Names{"a", "a"}).value(), SizeIs(1));
}

TEST(Release, OfWhatAnotherHasReleasedMeanwhileIsRefused) {
  World world(three());
  world.store.meanwhile = [](store::Store& store) { tests::erase(store, allocation("a", "80")); };
  EXPECT_EQ(release_services(world.context(), Names{"a"}).error().code, ErrorCode::negative);
}

TEST(Release, OfAnOddName) {
  World world(registry({allocation("x\"y\n", "80")}));
  EXPECT_THAT(release_services(world.context(), Names{"x\"y\n"}).value(), SizeIs(1));
}

TEST(ReleaseAll, LeavesNothing) {
  World world(three());
  EXPECT_THAT(release_all(world.context()).value(), SizeIs(3));
  EXPECT_THAT(world.registry().allocations(), IsEmpty());
}

TEST(ReleaseAll, OfNothingIsNoCommit) {
  World world;
  EXPECT_THAT(release_all(world.context()).value(), IsEmpty());
  EXPECT_THAT(world.commits(), IsEmpty());
}

TEST(ReleaseAll, HasWhatCameInMeanwhile) {
  World world(three());
  world.store.meanwhile = [](store::Store& store) { tests::put(store, allocation("d", "83")); };
  EXPECT_THAT(release_all(world.context()).value(), SizeIs(4));
}

TEST(Release, FromAStoreThatCannotBeReadIsItsError) {
  tests::BrokenStore torn;
  World world;
  const auto context = world.context();
  EXPECT_EQ(release_all({torn, world.machine, context.author, context.now}).error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace berth::app
