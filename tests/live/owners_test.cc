// Who has a socket: processes, cgroups, and what cannot be seen.
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "inspect/sockets.h"
#include "live/child.h"
#include "live/network.h"
#include "system/cgroup_tree.h"
#include "system/processes.h"

namespace berth::live {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint16_t port = 8080;

class Owners : public NetworkTest {
 protected:
  static Census ask() {
    return inspect::SocketsInspector().inspect({.about = endpoint("8080/tcp+udp"), .owners = true});
  }
  static Holder only_holder() {
    const auto census = ask();
    EXPECT_THAT(census.holders, SizeIs(1));
    EXPECT_TRUE(std::ranges::all_of(census.blind_spots, &BlindSpot::hides_holders)) << "an owner is hidden";
    return census.holders.empty() ? Holder{} : census.holders[0];
  }
  // In a process of its own, which never lets go of it.
  static void listen_for_good() { static const auto socket = listen_on({.port = port}); }
};

TEST_F(Owners, AProcess) {
  const Child child(listen_for_good);
  const auto holder = only_holder();
  EXPECT_EQ(holder.pid, child.pid());
  EXPECT_EQ(holder.exe, std::filesystem::read_symlink("/proc/self/exe"));
  EXPECT_EQ(holder.process, holder.exe.substr(holder.exe.rfind('/') + 1).substr(0, 15));
  EXPECT_EQ(holder.started, system::Processes().find(child.pid())->started);
  EXPECT_GT(holder.started, 0U);
  EXPECT_EQ(holder.inherited, std::nullopt);
}

TEST_F(Owners, AUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const Child child([] {
    listen_for_good();
    if (::setuid(12345) != 0) ::_exit(1);
  });
  EXPECT_EQ(only_holder().user, "12345");
}

TEST_F(Owners, AreOnlySoughtWhenAskedFor) {
  const Child child(listen_for_good);
  const auto holder = sockets_on(port).at(0);
  EXPECT_EQ(holder.pid, std::nullopt);
  EXPECT_EQ(holder.process, "");
}

TEST_F(Owners, AChildThatKeepsWhatItsParentLeft) {
  std::optional<Child> child;
  {
    const auto inherited = listen_on({.port = port});
    child.emplace([] {});
  }
  EXPECT_EQ(only_holder().pid, child->pid());
}

TEST_F(Owners, EveryOneOfManySockets) {
  const Child first([] { static const auto socket = listen_on({.address = "127.0.0.1", .port = port}); });
  const Child second([] { static const auto socket = listen_on({.address = "127.0.0.2", .port = port}); });
  const Child third([] { static const auto socket = bind_socket({.port = port, .transport = Transport::udp}); });
  std::vector<pid_t> pids;
  for (const auto& holder : ask().holders) pids.push_back(holder.pid.value_or(0));
  EXPECT_THAT(pids, ElementsAre(first.pid(), second.pid(), third.pid()));
}

TEST_F(Owners, NobodyHasAClosedConnection) {
  {
    const auto listener = listen_on({.port = port});
    auto client = connect_from({}, "127.0.0.1", port);
    auto server = accept_from(*listener);
    close_in_order(std::move(*server), std::move(*client));
  }
  const auto holder = only_holder();
  EXPECT_EQ(holder.pid, std::nullopt);
  EXPECT_EQ(holder.process, "");
  EXPECT_EQ(holder.user, "");
}

bool add_vxlan() {
  constexpr const char* add =
      "ip link add vx0 type vxlan id 1 dstport 8080 dev lo local 127.0.0.1 2>/dev/null && ip link set vx0 up";
  return ::geteuid() == 0 && std::system(add) == 0;
}

TEST_F(Owners, TheKernel) {
  if (!add_vxlan()) GTEST_SKIP() << "no vxlan device";
  const auto holder = only_holder();
  EXPECT_EQ(to_string(holder.endpoint), "0.0.0.0:8080/udp");
  EXPECT_EQ(holder.process, "kernel");
  EXPECT_EQ(holder.pid, std::nullopt);
  EXPECT_EQ(holder.user, "");
}

TEST_F(Owners, TheKernelIsKnownToAnybody) {
  if (!add_vxlan()) GTEST_SKIP() << "no vxlan device";
  expect_in_child([] {
    ASSERT_TRUE(::setgid(65534) == 0 && ::setuid(65534) == 0);
    EXPECT_EQ(only_holder().process, "kernel");
  });
}

TEST_F(Owners, ATunnelThatIsDownHasNoSocket) {
  if (!add_vxlan()) GTEST_SKIP() << "no vxlan device";
  ASSERT_EQ(std::system("ip link set vx0 down"), 0);
  const Child child([] { static const auto socket = bind_socket({.port = port, .transport = Transport::udp}); });
  EXPECT_EQ(only_holder().pid, child.pid());
}

TEST_F(Owners, OfOthersAreHiddenFromWhoIsNotRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const Child child(listen_for_good);
  expect_in_child([] {
    ASSERT_TRUE(::setgid(65534) == 0 && ::setuid(65534) == 0);
    const auto census = ask();
    ASSERT_THAT(census.holders, SizeIs(1));
    EXPECT_EQ(census.holders[0].pid, std::nullopt);
    EXPECT_EQ(census.holders[0].user, "root");
    ASSERT_FALSE(census.blind_spots.empty());
    EXPECT_THAT(census.blind_spots[0].why, HasSubstr("only root"));
    EXPECT_FALSE(census.blind_spots[0].hides_holders);
  });
}

TEST_F(Owners, OfOneselfAreSeenByAnybody) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  expect_in_child([] {
    ASSERT_TRUE(::setgid(65534) == 0 && ::setuid(65534) == 0);
    // As every process that was started by that user is.
    ASSERT_EQ(::prctl(PR_SET_DUMPABLE, 1), 0);
    const Child child(listen_for_good);
    EXPECT_EQ(only_holder().pid, child.pid());
  });
}

TEST_F(Owners, InAnotherPidNamespaceAreHidden) {
  if (::geteuid() != 0) GTEST_SKIP() << "who is not root sees others' processes in no namespace";
  const Child child(listen_for_good);
  expect_in_child([] {
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return;
    expect_in_child([] {
      if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
      if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) return;
      const auto census = ask();
      ASSERT_THAT(census.holders, SizeIs(1));
      EXPECT_EQ(census.holders[0].pid, std::nullopt);
      ASSERT_FALSE(census.blind_spots.empty());
      EXPECT_THAT(census.blind_spots[0].why, HasSubstr("pid namespace"));
    });
  });
}

// A cgroup of the test's own under the mounted v2 hierarchy.
class OwnersInACgroup : public Owners {
 protected:
  void SetUp() override {
    Owners::SetUp();
    if (IsSkipped()) return;
    for (const char* root : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
      if (::access((std::string(root) + "/cgroup.procs").c_str(), F_OK) != 0) continue;
      path_ = std::string(root) + "/" + name();
      if (::mkdir(path_.c_str(), 0755) == 0) return;
      path_.clear();
    }
    GTEST_SKIP() << "no cgroup v2 hierarchy to make a cgroup in";
  }
  void TearDown() override { EXPECT_TRUE(path_.empty() || ::rmdir(path_.c_str()) == 0); }

  std::string name() const { return "berth-test-" + std::to_string(::getpid()) + ".service"; }
  // Into the cgroup, and then a socket.
  void listen_inside() const {
    std::ofstream(path_ + "/cgroup.procs") << "0" << std::flush;
    listen_for_good();
  }
  std::uint64_t id() const {
    struct stat status{};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return status.st_ino;
  }
  bool can_move() const {
    const Child child([this] { std::ofstream(path_ + "/cgroup.procs") << "0" << std::flush; });
    const auto cgroup = system::CgroupTree::open()->find(id());
    return cgroup && cgroup->processes == std::vector<pid_t>{child.pid()};
  }

  std::string path_;
};

#define NEEDS_MOVING() \
  if (!can_move()) GTEST_SKIP() << "no process can be moved into a cgroup here"

TEST_F(OwnersInACgroup, AreInTheUnit) {
  NEEDS_MOVING();
  const Child child([this] { listen_inside(); });
  const auto holder = only_holder();
  EXPECT_EQ(holder.cgroup, id());
  EXPECT_EQ(holder.unit, name());
  EXPECT_EQ(holder.pid, child.pid());
}

TEST_F(OwnersInACgroup, AreFoundByTheirCgroupAlone) {
  NEEDS_MOVING();
  const Child child([this] { listen_inside(); });
  const auto cgroup = system::CgroupTree::open()->find(sockets_on(port).at(0).cgroup);
  ASSERT_TRUE(cgroup);
  EXPECT_EQ(cgroup->path, "/" + name());
  EXPECT_THAT(cgroup->processes, ElementsAre(child.pid()));
}

TEST_F(OwnersInACgroup, MayHaveLeftIt) {
  NEEDS_MOVING();
  const Child child([this] {
    listen_inside();
    std::ofstream(path_ + "/../cgroup.procs") << "0" << std::flush;
  });
  EXPECT_EQ(only_holder().pid, child.pid());
  EXPECT_EQ(only_holder().inherited, std::nullopt) << "nobody knows";
}

// What was opened in one unit and is held in another came with a fork.
TEST_F(OwnersInACgroup, InheritAcrossUnits) {
  NEEDS_MOVING();
  const auto other = path_.substr(0, path_.rfind('/')) + "/other-" + name();
  ASSERT_EQ(::mkdir(other.c_str(), 0755), 0);
  {
    // It gets the socket from the parent, which gives it up.
    std::optional<Child> heir;
    std::ofstream(path_ + "/cgroup.procs") << "0" << std::flush;
    {
      const auto socket = listen_on({.port = port});
      heir.emplace([&] { std::ofstream(other + "/cgroup.procs") << "0" << std::flush; });
    }
    std::ofstream(path_ + "/../cgroup.procs") << "0" << std::flush;
    const auto holder = only_holder();
    EXPECT_EQ(holder.pid, heir->pid());
    EXPECT_EQ(holder.unit, "other-" + name());
    EXPECT_EQ(holder.inherited, true);
  }
  EXPECT_EQ(::rmdir(other.c_str()), 0);
}

TEST_F(OwnersInACgroup, AreNamedByItEvenIfTheirProcessIsHidden) {
  NEEDS_MOVING();
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const Child child([this] { listen_inside(); });
  expect_in_child([] {
    ASSERT_TRUE(::setgid(65534) == 0 && ::setuid(65534) == 0);
    const auto census = ask();
    ASSERT_THAT(census.holders, SizeIs(1));
    EXPECT_EQ(census.holders[0].pid, std::nullopt);
    EXPECT_EQ(census.holders[0].unit.substr(0, 11), "berth-test-");
  });
}

}  // namespace
}  // namespace berth::live
