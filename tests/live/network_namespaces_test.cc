// What listens in other network namespaces than the test's own. Other tests have theirs at the same time.
#include "inspect/network_namespaces.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "live/child.h"
#include "live/network.h"

namespace berth::live {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint16_t port = 8080;

inspect::Question question(const std::string& spec = "8080/tcp+udp") {
  return {.about = endpoint(spec), .owners = true, .sources = inspect::Sources::all, .thorough = true};
}

Census ask(const inspect::Question& asked = question()) { return inspect::NetworkNamespacesInspector().inspect(asked); }

std::string network_of(pid_t pid) {
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/net").string();
}

void listen_elsewhere() {
  if (::unshare(CLONE_NEWNET) != 0) ::_exit(1);
  static const auto socket = listen_on({.port = port});
}

auto is_of(pid_t pid) { return Field(&Holder::pid, pid); }

class OtherNamespaces : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (!IsSkipped() && ::geteuid() != 0) GTEST_SKIP() << "only root may look into them";
  }
};

TEST_F(OtherNamespaces, AListenerIsNamed) {
  const Child child(listen_elsewhere);
  const auto census = ask();
  EXPECT_THAT(census.elsewhere,
              Contains(AllOf(is_of(child.pid()), Field(&Holder::network, network_of(child.pid())),
                             Field(&Holder::state, HolderState::listening), Field(&Holder::process, Not(IsEmpty())),
                             Field(&Holder::since, Not(IsEmpty())))));
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

TEST_F(OtherNamespaces, AUdpSocketIsNamed) {
  const Child child([] {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(1);
    static const auto socket = bind_socket({.address = "::", .port = port, .transport = Transport::udp});
  });
  EXPECT_THAT(ask().elsewhere, Contains(is_of(child.pid())));
  EXPECT_THAT(ask(question("8080/tcp")).elsewhere, Not(Contains(is_of(child.pid()))));
}

TEST_F(OtherNamespaces, AddressesAreTheirOwn) {
  const Child child(listen_elsewhere);
  EXPECT_THAT(ask(question("192.0.2.7:8080/tcp")).elsewhere, Contains(is_of(child.pid())));
  EXPECT_THAT(ask(question("8081/tcp")).elsewhere, Not(Contains(is_of(child.pid()))));
}

TEST_F(OtherNamespaces, TheOwnOneIsNone) {
  const Child child([] { static const auto socket = listen_on({.port = port}); });
  EXPECT_THAT(ask().elsewhere, Not(Contains(is_of(child.pid()))));
}

TEST_F(OtherNamespaces, TheCallerStaysWhereItIs) {
  const auto before = network_of(::getpid());
  const Child child(listen_elsewhere);
  ask();
  EXPECT_EQ(network_of(::getpid()), before);
}

TEST_F(OtherNamespaces, AreOnlyLookedIntoForWhoAsksThoroughlyForAPort) {
  const inspect::NetworkNamespacesInspector inspector;
  EXPECT_TRUE(inspector.answers(question()));
  auto whole_machine = question();
  whole_machine.about.reset();
  EXPECT_FALSE(inspector.answers(whole_machine));
  auto hasty = question();
  hasty.thorough = false;
  EXPECT_FALSE(inspector.answers(hasty));
}

TEST_F(OtherNamespaces, AreABlindSpotIfThereIsNoTime) {
  const Child child(listen_elsewhere);
  auto late = question();
  late.deadline = std::chrono::steady_clock::now();
  const auto census = ask(late);
  EXPECT_THAT(census.elsewhere, IsEmpty());
  EXPECT_THAT(census.blind_spots,
              Contains(AllOf(Field(&BlindSpot::why, HasSubstr("in time")), Field(&BlindSpot::hides_holders, false))));
}

std::string file_of(const Child& child) { return "/proc/" + std::to_string(child.pid()) + "/ns/net"; }

// `test` runs in a mount namespace of its own, where this network is called "blue".
void with_name(const std::string& network, const std::function<void()>& test) {
  expect_in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    if (::mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0) return;
    ASSERT_EQ(::mkdir("/run/netns", 0755), 0);
    const std::ofstream blue("/run/netns/blue");
    const std::ofstream left_over("/run/netns/left-over");
    ASSERT_EQ(::mount(network.c_str(), "/run/netns/blue", nullptr, MS_BIND, nullptr), 0);
    test();
  });
}

TEST_F(OtherNamespaces, AreCalledByTheirName) {
  const Child child(listen_elsewhere);
  with_name(file_of(child), [&] {
    EXPECT_THAT(ask().elsewhere, Contains(AllOf(is_of(child.pid()), Field(&Holder::network, "blue"))));
  });
}

// The socket of a namespace that no process is in.
TEST_F(OtherNamespaces, AreFoundByTheirNameAlone) {
  const Child child([] {
    const UniqueFd before(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    listen_elsewhere();
    static const UniqueFd after(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    if (::setns(before.get(), CLONE_NEWNET) != 0) ::_exit(1);
  });
  int inside = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(child.pid()) + "/fd")) {
    const auto target = std::filesystem::read_symlink(entry).string();
    if (target.starts_with("net:")) inside = std::stoi(entry.path().filename());
  }
  const auto network = "/proc/" + std::to_string(child.pid()) + "/fd/" + std::to_string(inside);
  with_name(network, [] {
    EXPECT_THAT(ask().elsewhere, Contains(AllOf(Field(&Holder::pid, std::nullopt), Field(&Holder::network, "blue"),
                                                Field(&Holder::process, ""))));
  });
}

TEST_F(OtherNamespaces, AreABlindSpotForOthersThanRoot) {
  const Child child(listen_elsewhere);
  with_name(file_of(child), [] {
    ASSERT_TRUE(::setgid(65534) == 0 && ::setuid(65534) == 0);
    const auto census = ask();
    EXPECT_THAT(census.elsewhere, IsEmpty());
    EXPECT_THAT(census.blind_spots, Contains(AllOf(Field(&BlindSpot::why, HasSubstr("only root may")),
                                                   Field(&BlindSpot::hides_holders, false))));
  });
}

}  // namespace
}  // namespace berth::live
