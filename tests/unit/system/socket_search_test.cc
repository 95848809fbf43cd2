#include "system/socket_search.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SocketLink, HasAnInode) {
  EXPECT_EQ(parse_socket_link("socket:[4711]"), 4711U);
  for (const char* target : {"", "socket:[", "socket:[]", "socket:[1", "socket:[x]", "socket:[-1]", "socket:[1 ]",
                             "pipe:[4711]", "/tmp/socket:[4711]", "socket:[99999999999999999999]"}) {
    EXPECT_FALSE(parse_socket_link(target)) << target;
  }
}

// A recorded /proc.
class RecordedSockets : public testing::Test {
 protected:
  void add(int pid, const std::vector<std::uint64_t>& sockets) {
    const auto directory = std::to_string(pid) + "/fd/";
    proc_.link(directory + "0", "/dev/null");
    int fd = 3;
    for (const auto socket : sockets) {
      proc_.link(directory + std::to_string(fd++), "socket:[" + std::to_string(socket) + "]");
    }
  }
  Processes processes() const { return Processes(proc_.path()); }

  static constexpr std::array<std::uint64_t, 1> wanted{77};
  tests::ScratchDirectory proc_;
};

TEST_F(RecordedSockets, WithoutProcThereIsNothing) {
  const Processes none(proc_.path("missing"));
  SocketSearch search(none, wanted);
  search.look_everywhere();
  search.look_until_found();
  EXPECT_THAT(search.processes_with(77), IsEmpty());
}

TEST_F(RecordedSockets, EveryProcessThatHasItIsFound) {
  add(20, {5});
  add(30, {77, 6});
  add(40, {77});
  proc_.make_directory("self");
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_TRUE(search.found_all());
  EXPECT_THAT(search.processes_with(77), ElementsAre(30, 40));
  EXPECT_THAT(search.processes_with(5), IsEmpty());
}

TEST_F(RecordedSockets, OneThatHasItTwiceIsNamedOnce) {
  add(30, {77, 77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_THAT(search.processes_with(77), ElementsAre(30));
}

TEST_F(RecordedSockets, ASearchMayEndWithTheFirst) {
  add(20, {77});
  add(30, {77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_until_found();
  EXPECT_THAT(search.processes_with(77), ElementsAre(20));
}

TEST_F(RecordedSockets, OnlyThoseThatAreNamedAreLookedInto) {
  for (const int pid : {10, 20, 30}) add(pid, {77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 2>{30, 20});
  EXPECT_TRUE(search.found_all());
  EXPECT_THAT(search.processes_with(77), ElementsAre(20, 30));
}

TEST_F(RecordedSockets, ALaterLookAddsTheRest) {
  for (const int pid : {10, 20, 30}) add(pid, {77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 2>{20, 20});
  search.look_into(std::array<pid_t, 2>{20, 30});
  search.look_everywhere();
  EXPECT_THAT(search.processes_with(77), ElementsAre(10, 20, 30));
}

TEST_F(RecordedSockets, TheFirstProcessHoldsThemForOthers) {
  add(1, {77});
  add(30, {77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 1>{1});
  EXPECT_FALSE(search.found_all());
  search.look_until_found();
  EXPECT_TRUE(search.found_all());
  EXPECT_THAT(search.processes_with(77), ElementsAre(1, 30));
}

TEST_F(RecordedSockets, TheFirstProcessMayBeTheOnlyOne) {
  add(1, {77});
  add(30, {});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_until_found();
  EXPECT_FALSE(search.found_all());
  EXPECT_THAT(search.processes_with(77), ElementsAre(1));
}

TEST_F(RecordedSockets, VanishedOnesAreSkipped) {
  add(30, {77});
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 3>{28, 29, 30});
  EXPECT_THAT(search.processes_with(77), ElementsAre(30));
  EXPECT_FALSE(search.was_denied());
}

// Enough for several threads.
TEST_F(RecordedSockets, ManyAreFoundInOneGo) {
  std::vector<std::uint64_t> inodes;
  for (int pid = 100; pid < 700; ++pid) {
    const auto inode = static_cast<std::uint64_t>(pid) * 10;
    add(pid, {inode, inode + 1, 77});
    inodes.push_back(inode);
  }
  inodes.push_back(77);
  const auto all = processes();
  SocketSearch search(all, inodes);
  search.look_everywhere();
  EXPECT_TRUE(search.found_all());
  for (int pid = 100; pid < 700; ++pid) {
    EXPECT_THAT(search.processes_with(static_cast<std::uint64_t>(pid) * 10), ElementsAre(pid));
  }
  EXPECT_EQ(search.processes_with(77).size(), 600U);
  EXPECT_TRUE(std::ranges::is_sorted(search.processes_with(77)));
}

TEST_F(RecordedSockets, ASocketWantedTwiceIsOneSocket) {
  add(30, {77});
  const auto all = processes();
  const std::array<std::uint64_t, 2> twice{77, 77};
  SocketSearch search(all, twice);
  search.look_until_found();
  EXPECT_TRUE(search.found_all());
}

TEST_F(RecordedSockets, ADenialIsRemembered) {
  if (::geteuid() == 0) GTEST_SKIP() << "root is denied nothing";
  add(30, {77});
  std::filesystem::permissions(proc_.path("30/fd"), std::filesystem::perms::none);
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_everywhere();
  std::filesystem::permissions(proc_.path("30/fd"), std::filesystem::perms::owner_all);
  EXPECT_TRUE(search.was_denied());
}

}  // namespace
}  // namespace berth::system
