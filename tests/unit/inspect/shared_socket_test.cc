#include "inspect/shared_socket.h"

#include <gmock/gmock.h>

#include <vector>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Sharer worker(std::int32_t pid, std::int32_t parent, std::uint64_t started) {
  return {pid, {"nginx", parent, started}};
}
Sharer systemd(std::int32_t pid, std::uint64_t started) { return {pid, {"systemd", 1, started}}; }

TEST(SharedSocket, OfOneProcessIsItsOwn) {
  const auto sharing = judge_sharing(std::vector{worker(812, 1, 500)});
  EXPECT_EQ(sharing.owner, 812);
  EXPECT_THAT(sharing.others, IsEmpty());
  EXPECT_FALSE(sharing.was_handed_over);
}

TEST(SharedSocket, BelongsToTheOldest) {
  const auto sharing = judge_sharing(std::vector{worker(814, 812, 510), worker(812, 1, 500), worker(813, 812, 510)});
  EXPECT_EQ(sharing.owner, 812);
  EXPECT_THAT(sharing.others, ElementsAre(813, 814));
  EXPECT_FALSE(sharing.was_handed_over);
}

TEST(SharedSocket, PidsWrapAround) {
  EXPECT_EQ(judge_sharing(std::vector{worker(302, 32760, 510), worker(32760, 1, 500)}).owner, 32760);
}

TEST(SharedSocket, WithinOneTickTheParentIsTheOlder) {
  EXPECT_EQ(judge_sharing(std::vector{worker(302, 32760, 500), worker(32760, 1, 500)}).owner, 32760);
}

TEST(SharedSocket, WithinOneTickAndWithoutAParentTheLowestPidIs) {
  EXPECT_EQ(judge_sharing(std::vector{worker(304, 1, 500), worker(303, 1, 500)}).owner, 303);
}

TEST(SharedSocket, WasHandedOverByTheFirstProcess) {
  const auto sharing = judge_sharing(std::vector{systemd(1, 5), worker(812, 1, 500), worker(813, 812, 500)});
  EXPECT_EQ(sharing.owner, 812);
  EXPECT_THAT(sharing.others, ElementsAre(1, 813));
  EXPECT_TRUE(sharing.was_handed_over);
}

TEST(SharedSocket, WasHandedOverByTheFirstProcessWhateverItIsCalled) {
  const auto sharing = judge_sharing(std::vector{worker(1, 0, 5), worker(7, 1, 6)});
  EXPECT_EQ(sharing.owner, 7);
  EXPECT_TRUE(sharing.was_handed_over);
}

TEST(SharedSocket, WasHandedOverByTheSystemdOfAUser) {
  const auto sharing = judge_sharing(std::vector{systemd(1200, 400), worker(1300, 1200, 500)});
  EXPECT_EQ(sharing.owner, 1300);
  EXPECT_THAT(sharing.others, ElementsAre(1200));
  EXPECT_TRUE(sharing.was_handed_over);
}

TEST(SharedSocket, OfAnActivatorAloneIsItsOwn) {
  for (const auto& alone : {systemd(1, 5), systemd(1200, 400)}) {
    const auto sharing = judge_sharing(std::vector{alone});
    EXPECT_EQ(sharing.owner, alone.pid);
    EXPECT_FALSE(sharing.was_handed_over);
  }
}

TEST(SharedSocket, OfNobodyHasNoOwner) { EXPECT_EQ(judge_sharing({}).owner, 0); }

}  // namespace
}  // namespace berth::inspect
