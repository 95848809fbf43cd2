// Whose a socket is that several processes have, or that came from another one.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "inspect/sockets.h"
#include "live/child.h"
#include "live/network.h"
#include "scratch_directory.h"
#include "system/clock.h"

namespace berth::live {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr std::uint16_t port = 8080;

class SharedSockets : public NetworkTest {
 protected:
  static std::vector<Holder> ask() {
    return inspect::SocketsInspector()
        .inspect(
            {.about = endpoint("8080/tcp+udp"), .owners = true, .sources = inspect::Sources::all, .thorough = true})
        .holders;
  }
  static Holder only_holder() {
    const auto holders = ask();
    EXPECT_THAT(holders, SizeIs(1));
    return holders.empty() ? Holder{} : holders[0];
  }
  static void listen_for_good() { static const auto socket = listen_on({.port = port}); }
};

// Tells a pid of another process.
class PidPipe {
 public:
  PidPipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  PidPipe(const PidPipe&) = delete;
  PidPipe& operator=(const PidPipe&) = delete;
  ~PidPipe() {
    for (const int end : ends_) ::close(end);
  }
  void tell(pid_t pid) const { EXPECT_EQ(::write(ends_[1], &pid, sizeof(pid)), ssize_t{sizeof(pid)}); }
  pid_t hear() const {
    pid_t pid = 0;
    EXPECT_EQ(::read(ends_[0], &pid, sizeof(pid)), ssize_t{sizeof(pid)});
    return pid;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST_F(SharedSockets, WorkersAreNamedAfterTheirMaster) {
  expect_in_child([] {
    listen_for_good();
    const Child first([] {});
    const Child second([] {});
    std::vector<std::int32_t> workers{first.pid(), second.pid()};
    std::ranges::sort(workers);
    const auto holder = only_holder();
    EXPECT_EQ(holder.pid, ::getpid());
    EXPECT_THAT(holder.other_pids, ElementsAreArray(workers));
    EXPECT_EQ(holder.inherited, std::nullopt);
  });
}

TEST_F(SharedSockets, AnOrphanIsNamedByItself) {
  const PidPipe pids;
  const pid_t parent = ::fork();
  if (parent == 0) {
    listen_for_good();
    const pid_t orphan = ::fork();
    if (orphan == 0) {
      ::alarm(60);
      ::pause();
      ::_exit(0);
    }
    pids.tell(orphan);
    ::_exit(0);
  }
  const pid_t orphan = pids.hear();
  ::waitpid(parent, nullptr, 0);
  const auto holder = only_holder();
  EXPECT_EQ(holder.pid, orphan);
  EXPECT_THAT(holder.other_pids, IsEmpty());
  EXPECT_EQ(holder.inherited, std::nullopt);
  ::kill(orphan, SIGKILL);
}

TEST_F(SharedSockets, WhatProcess1HandsOverIsInherited) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can mount a /proc of its own";
  expect_in_child([] {
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return;
    expect_in_child([] {
      ASSERT_EQ(::getpid(), 1);
      if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
      if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) return;
      listen_for_good();
      EXPECT_EQ(only_holder().pid, 1);
      EXPECT_EQ(only_holder().inherited, std::nullopt);
      const Child service([] {});
      const auto holder = only_holder();
      EXPECT_EQ(holder.pid, service.pid());
      EXPECT_THAT(holder.other_pids, ElementsAre(1));
      EXPECT_EQ(holder.inherited, true);
    });
  });
}

TEST_F(SharedSockets, TwoProgramsOnOnePortAreTwoHolders) {
  const auto listen = [] { static const auto socket = listen_on({.port = port, .reuse_port = true}); };
  const Child first(listen);
  const Child second(listen);
  const auto holders = ask();
  ASSERT_THAT(holders, SizeIs(2));
  EXPECT_EQ(holders[0].endpoint, holders[1].endpoint);
  EXPECT_THAT((std::vector{holders[0].pid.value_or(0), holders[1].pid.value_or(0)}),
              UnorderedElementsAre(first.pid(), second.pid()));
  for (const auto& holder : holders) EXPECT_THAT(holder.other_pids, IsEmpty());
}

TEST_F(SharedSockets, BothFamiliesMayHaveDifferentOwners) {
  const Child first(listen_for_good);
  const Child second([] { static const auto socket = listen_on({.address = "::", .port = port, .v6only = true}); });
  std::vector<std::pair<std::string, pid_t>> seen;
  for (const auto& holder : ask()) seen.emplace_back(to_string(holder.endpoint), holder.pid.value_or(0));
  EXPECT_THAT(seen, UnorderedElementsAre(std::pair(std::string("0.0.0.0:8080/tcp"), first.pid()),
                                         std::pair(std::string("[::]:8080/tcp"), second.pid())));
}

TEST_F(SharedSockets, SinceIsWhenTheProcessStarted) {
  using std::chrono::seconds;
  const auto now = [] { return std::chrono::floor<seconds>(std::chrono::system_clock::now()); };
  const auto before = now() - seconds(1);
  const Child child(listen_for_good);
  const auto holder = only_holder();
  EXPECT_LE(system::utc_text(before), holder.since);
  EXPECT_LE(holder.since, system::utc_text(now() + seconds(1)));
}

TEST_F(SharedSockets, WhatNobodyHasIsOfNoTime) {
  {
    const auto listener = listen_on({.port = port});
    auto client = connect_from({}, "127.0.0.1", port);
    auto server = accept_from(*listener);
    close_in_order(std::move(*server), std::move(*client));
  }
  EXPECT_EQ(only_holder().since, "");
  EXPECT_GT(only_holder().seconds_left, 0U);
}

// A shell under another name, which has the socket and these words after its own.
class Disguised : public SharedSockets {
 protected:
  Holder holder_of(const std::string& name, std::vector<std::string> words) const {
    directory_.link(name, "/bin/sh");
    words.insert(words.begin(), {directory_.path(name), "-c", "kill -STOP $$"});
    const Child child([&] {
      const auto socket = listen_on({.port = port});
      ::dup2(socket->get(), STDIN_FILENO);  // stays open
      std::vector<char*> argv;
      argv.reserve(words.size() + 1);
      for (auto& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(1);
    });
    auto holder = only_holder();
    EXPECT_EQ(holder.pid, child.pid());
    ::kill(child.pid(), SIGKILL);
    return holder;
  }

  tests::ScratchDirectory directory_;
};

TEST_F(Disguised, ADockerProxySaysWhereItForwardsTo) {
  const auto holder = holder_of("docker-proxy", {"-proto", "tcp", "-host-ip", "0.0.0.0", "-host-port", "8080",
                                                 "-container-ip", "172.17.0.2", "-container-port", "80"});
  EXPECT_EQ(holder.process, "docker-proxy");
  EXPECT_EQ(holder.forwards_to, "172.17.0.2:80");
}

TEST_F(Disguised, AConmonNamesItsContainer) {
  const std::string id(64, 'a');
  const auto holder = holder_of("conmon", {"--cid", id});
  ASSERT_TRUE(holder.container);
  EXPECT_EQ(holder.container->id, id);
}

TEST_F(Disguised, OthersMaySayWhatTheyLike) {
  const auto holder = holder_of("other", {"-proto", "tcp", "-host-port", "8080", "-container-ip", "172.17.0.2",
                                          "-container-port", "80", "--cid", std::string(64, 'a')});
  EXPECT_EQ(holder.forwards_to, "");
  EXPECT_FALSE(holder.container);
}

}  // namespace
}  // namespace berth::live
