#include "system/processes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "unit/system/scratch_directory.h"

namespace berth::system {
namespace {

std::string stat_of(const std::string& name, std::uint64_t started) {
  return "812 (" + name + ") S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + std::to_string(started) +
         " 11079680 2200 18446744073709551615 1 1\n";
}

TEST(ProcessStat, HasNameAndStart) {
  const auto fields = parse_stat(stat_of("nginx", 4711));
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->name, "nginx");
  EXPECT_EQ(fields->started, 4711U);
}

TEST(ProcessStat, ANameMayContainAnything) {
  for (const char* name : {"a b", ") S 1 2 3", "((sd-pam))", "", "x) (y"}) {
    const auto fields = parse_stat(stat_of(name, 99));
    ASSERT_TRUE(fields) << name;
    EXPECT_EQ(fields->name, name);
    EXPECT_EQ(fields->started, 99U);
  }
}

TEST(ProcessStat, NonsenseIsRefused) {
  const auto good = stat_of("nginx", 4711);
  for (const std::string& text : {std::string(), std::string("812"), std::string("812 (x"), std::string("812 )x("),
                                  std::string("812 (x)"), std::string("812 (x) S 1 2 3"), good.substr(0, 60)}) {
    EXPECT_FALSE(parse_stat(text)) << text;
  }
}

TEST(SocketLink, HasAnInode) {
  EXPECT_EQ(parse_socket_link("socket:[4711]"), 4711U);
  for (const char* target : {"", "socket:[", "socket:[]", "socket:[1", "socket:[x]", "socket:[-1]", "socket:[1 ]",
                             "pipe:[4711]", "/tmp/socket:[4711]", "socket:[99999999999999999999]"}) {
    EXPECT_FALSE(parse_socket_link(target)) << target;
  }
}

// A recorded /proc.
class RecordedProcesses : public testing::Test {
 protected:
  void add(int pid, const std::vector<std::uint64_t>& sockets) {
    const auto directory = std::to_string(pid);
    proc_.write(directory + "/stat", stat_of("process " + directory, 1000 + static_cast<unsigned>(pid)));
    proc_.make_directory(directory + "/fd");
    proc_.link(directory + "/fd/0", "/dev/null");
    int fd = 3;
    for (const auto socket : sockets) {
      proc_.link(directory + "/fd/" + std::to_string(fd++), "socket:[" + std::to_string(socket) + "]");
    }
  }
  Processes processes() const { return Processes(proc_.path()); }

  tests::ScratchDirectory proc_;
};

TEST_F(RecordedProcesses, AProcessIsDescribed) {
  add(812, {});
  proc_.link("812/exe", "/usr/sbin/nginx");
  proc_.write("812/cgroup", "0::/system.slice/nginx.service\n");
  const auto process = processes().find(812);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->pid, 812);
  EXPECT_EQ(process->name, "process 812");
  EXPECT_EQ(process->started, 1812U);
  EXPECT_EQ(process->exe, "/usr/sbin/nginx");
  EXPECT_EQ(process->user, ::geteuid());
  EXPECT_EQ(process->cgroup.unit, "nginx.service");
}

TEST_F(RecordedProcesses, AReplacedExecutableKeepsItsName) {
  add(812, {});
  proc_.link("812/exe", "/usr/sbin/nginx (deleted)");
  EXPECT_EQ(processes().find(812)->exe, "/usr/sbin/nginx");
}

TEST_F(RecordedProcesses, WhatCannotBeReadIsEmpty) {
  proc_.make_directory("812");
  const auto process = processes().find(812);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->name, "");
  EXPECT_EQ(process->exe, "");
  EXPECT_FALSE(process->cgroup);
}

TEST_F(RecordedProcesses, AVanishedProcessIsNoneAtAll) { EXPECT_FALSE(processes().find(812)); }

TEST_F(RecordedProcesses, WithoutProcThereIsNothing) {
  const Processes none(proc_.path("missing"));
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(none, wanted);
  search.look_everywhere();
  EXPECT_FALSE(search.owner(77));
  EXPECT_FALSE(none.find(1));
}

TEST_F(RecordedProcesses, AnOwnerIsFound) {
  add(20, {5});
  add(30, {77, 6});
  proc_.make_directory("self");
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_TRUE(search.found_all());
  EXPECT_EQ(search.owner(77), 30);
  EXPECT_EQ(search.owner(5), std::nullopt);
}

TEST_F(RecordedProcesses, TheFirstThatHasItIsTheOwner) {
  add(20, {77});
  add(30, {77});
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  const std::array<pid_t, 2> pids{20, 30};
  SocketSearch search(all, wanted);
  search.look_into(pids);
  EXPECT_EQ(search.owner(77), 20);
}

TEST_F(RecordedProcesses, TheFirstProcessHoldsSocketsForOthers) {
  add(1, {77});
  add(30, {77});
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 1>{1});
  EXPECT_FALSE(search.found_all());
  search.look_everywhere();
  EXPECT_EQ(search.owner(77), 30);
}

TEST_F(RecordedProcesses, AnOwnerKnowsThatItGotTheSocket) {
  add(1, {77});
  add(30, {77, 78});
  const auto all = processes();
  const std::array<std::uint64_t, 2> wanted{77, 78};
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 2>{1, 30});
  EXPECT_TRUE(search.was_handed_over(77));
  EXPECT_FALSE(search.was_handed_over(78));
}

TEST_F(RecordedProcesses, TheFirstProcessIsTheOwnerIfNobodyElseIs) {
  add(1, {77});
  add(30, {});
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_EQ(search.owner(77), 1);
  EXPECT_FALSE(search.was_handed_over(77));
}

TEST_F(RecordedProcesses, VanishedOnesAreSkipped) {
  add(30, {77});
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(all, wanted);
  search.look_into(std::array<pid_t, 3>{28, 29, 30});
  EXPECT_EQ(search.owner(77), 30);
  EXPECT_FALSE(search.was_denied());
}

TEST_F(RecordedProcesses, ManyAreFoundInOneGo) {
  std::vector<std::uint64_t> wanted;
  for (int pid = 100; pid < 300; ++pid) {
    const auto inode = static_cast<std::uint64_t>(pid) * 10;
    add(pid, {inode, inode + 1});
    wanted.push_back(inode);
  }
  const auto all = processes();
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_TRUE(search.found_all());
  for (int pid = 100; pid < 300; ++pid) EXPECT_EQ(search.owner(static_cast<std::uint64_t>(pid) * 10), pid);
}

TEST_F(RecordedProcesses, ASocketWantedTwiceIsOneSocket) {
  add(30, {77});
  const auto all = processes();
  const std::array<std::uint64_t, 2> wanted{77, 77};
  SocketSearch search(all, wanted);
  search.look_everywhere();
  EXPECT_TRUE(search.found_all());
}

TEST_F(RecordedProcesses, ADenialIsRemembered) {
  if (::geteuid() == 0) GTEST_SKIP() << "root is denied nothing";
  add(30, {77});
  std::filesystem::permissions(proc_.path("30/fd"), std::filesystem::perms::none);
  const auto all = processes();
  const std::array<std::uint64_t, 1> wanted{77};
  SocketSearch search(all, wanted);
  search.look_everywhere();
  std::filesystem::permissions(proc_.path("30/fd"), std::filesystem::perms::owner_all);
  EXPECT_TRUE(search.was_denied());
}

}  // namespace
}  // namespace berth::system
