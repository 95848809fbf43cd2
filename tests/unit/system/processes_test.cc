#include "system/processes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string stat_of(const std::string& name, std::uint64_t started) {
  return "812 (" + name + ") S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + std::to_string(started) +
         " 11079680 2200 18446744073709551615 1 1\n";
}

TEST(ProcessStat, HasNameAndStart) {
  const auto fields = parse_stat(stat_of("nginx", 4711));
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->name, "nginx");
  EXPECT_EQ(fields->parent, 1);
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

// A recorded /proc.
class RecordedProcesses : public testing::Test {
 protected:
  void add(int pid) {
    const auto directory = std::to_string(pid);
    proc_.write(directory + "/stat", stat_of("process " + directory, 1000 + static_cast<unsigned>(pid)));
  }
  Processes processes() const { return Processes(proc_.path()); }

  tests::ScratchDirectory proc_;
};

TEST_F(RecordedProcesses, AProcessIsDescribed) {
  add(812);
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
  add(812);
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

TEST_F(RecordedProcesses, AStatAloneIsRead) {
  add(812);
  ASSERT_TRUE(processes().find_stat(812));
  EXPECT_EQ(processes().find_stat(812)->name, "process 812");
  EXPECT_FALSE(processes().find_stat(813));
}

TEST_F(RecordedProcesses, ACommandLineIsRead) {
  add(812);
  EXPECT_EQ(processes().command_line(812), "");
  proc_.write("812/cmdline", std::string("nginx\0-g\0", 9));
  EXPECT_EQ(processes().command_line(812), std::string("nginx\0-g\0", 9));
}

TEST_F(RecordedProcesses, AllAreListedInOrder) {
  for (const int pid : {100, 20, 3}) add(pid);
  proc_.make_directory("self");
  EXPECT_THAT(processes().pids(), ElementsAre(3, 20, 100));
}

TEST_F(RecordedProcesses, WithoutProcThereIsNothing) {
  const Processes none(proc_.path("missing"));
  EXPECT_FALSE(none.find(1));
  EXPECT_FALSE(none.find_stat(1));
  EXPECT_THAT(none.pids(), IsEmpty());
}

}  // namespace
}  // namespace berth::system
