// A systemd that runs, in namespaces of its own (tests/cli/systemd.bash): what is declared on disk beside what it says
// of its units, and beside the sockets that it has.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inspect/sockets.h"
#include "inspect/systemd.h"
#include "live/child.h"
#include "scratch_directory.h"
#include "system/unique_fd.h"

namespace berth::live {
namespace {

using system::UniqueFd;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

// Ends with the object.
class Systemd {
 public:
  explicit Systemd(const std::string& tree) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return;
    shell_ = ::fork();
    if (shell_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      const std::string script = ". " BERTH_CHECKOUT
                                 "/tests/cli/systemd.bash\n"
                                 "start_systemd '" +
                                 tree +
                                 "' && echo \"$SYSTEMD_PID\" || { echo \"$SYSTEMD_REFUSAL\"; exit; }\n"
                                 "exec >/dev/null\n"
                                 "cat\n"
                                 "stop_systemd\n";
      ::execlp("bash", "bash", "-c", script.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    leash_ = UniqueFd(in[1]);
    answer_ = read_all(UniqueFd(out[0]));
  }
  ~Systemd() {
    leash_ = UniqueFd();
    if (shell_ > 0) ::waitpid(shell_, nullptr, 0);
  }
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;

  // nullopt if it does not run; then the answer says why.
  std::optional<pid_t> pid() const {
    if (answer_.empty() || answer_.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoi(answer_);
  }
  const std::string& answer() const { return answer_; }

 private:
  static std::string read_all(const UniqueFd& pipe) {
    std::string text;
    for (char byte = 0; ::read(pipe.get(), &byte, 1) == 1 && byte != '\n';) text += byte;
    return text;
  }

  pid_t shell_ = -1;
  UniqueFd leash_;
  std::string answer_;
};

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  for (int byte = 0; (byte = std::fgetc(pipe)) != EOF;) output += static_cast<char>(byte);
  ::pclose(pipe);
  return output;
}

// "[::]:80 (Stream)", as systemctl has it.
std::string written(const Holder& holder) {
  auto endpoint = to_string(holder.endpoint);
  endpoint.resize(endpoint.rfind('/'));
  return endpoint + (holder.endpoint.protocol == Protocol::tcp ? " (Stream)" : " (Datagram)");
}

class BootedSystemd : public testing::Test {
 protected:
  void SetUp() override {
    const std::string admin = "etc/systemd/system/";
    const std::string vendor = "usr/lib/systemd/system/";
    const auto socket = [&](const std::string& name, const std::string& settings) {
      tree_.write(vendor + name + ".socket", "[Socket]\n" + settings);
      tree_.write(vendor + name + ".service", "[Service]\nExecStart=/bin/sleep 1000\n");
    };
    const auto enable = [&](const std::string& name, const std::string& file) {
      tree_.link(admin + "sockets.target.wants/" + name, "/usr/lib/systemd/system/" + file);
    };
    socket("web", "ListenStream=7070\nListenDatagram=127.0.0.1:7070\n");
    socket("off", "ListenStream=7071\n");
    socket("moved", "ListenStream=7072\nListenDatagram=7072\n");
    tree_.write(admin + "moved.socket.d/port.conf", "[Socket]\nListenStream=\nListenStream=127.0.0.1:7073\n");
    socket("many@", "ListenStream=0.0.0.0:%i\n");
    socket("six", "ListenStream=7075\nListenStream=[::1]:7076\nBindIPv6Only=ipv6-only\n");
    socket("each", "ListenStream=[::ffff:127.0.0.1]:7077\nAccept=yes\n");
    socket("masked", "ListenStream=7078\n");
    tree_.link(admin + "masked.socket", "/dev/null");
    socket("named", "ListenStream=7079\n");
    tree_.link(admin + "alias.socket", "/usr/lib/systemd/system/named.socket");
    enable("web.socket", "web.socket");
    enable("moved.socket", "moved.socket");
    enable("many@7090.socket", "many@.socket");
    enable("many@7091.socket", "many@.socket");
    enable("six.socket", "six.socket");
    enable("each.socket", "each.socket");
    enable("masked.socket", "masked.socket");
    enable("alias.socket", "named.socket");
    systemd_ = std::make_unique<Systemd>(tree_.path());
    if (!systemd_->pid()) GTEST_SKIP() << systemd_->answer();
  }

  std::string root() const { return "/proc/" + std::to_string(*systemd_->pid()) + "/root"; }

  std::string run(const std::string& command) const {
    return output_of("nsenter --target " + std::to_string(*systemd_->pid()) + " --mount --net --pid --root --wd -- " +
                     command + " 2>&1");
  }

  // In the network, mounts and processes of that systemd.
  void expect_inside(const std::function<void()>& body) const {
    expect_in_child([&] {
      const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, *systemd_->pid(), 0)));
      ASSERT_EQ(::setns(process.get(), CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID), 0);
      // The process namespace is that of children.
      expect_in_child(body);
    });
  }

  tests::ScratchDirectory tree_;
  std::unique_ptr<Systemd> systemd_;
};

std::vector<Holder> declared(const std::string& root) {
  auto census = inspect::SystemdInspector(root).inspect({.sources = inspect::Sources::all});
  EXPECT_THAT(census.blind_spots, IsEmpty());
  return census.holders;
}

std::vector<std::string> endpoints_of(const std::vector<Holder>& holders) {
  std::vector<std::string> endpoints;
  for (const auto& holder : holders) {
    endpoints.push_back((holder.endpoint.address.is_v6only() ? "only " : "") + to_string(holder.endpoint));
  }
  return endpoints;
}

TEST_F(BootedSystemd, SaysOfItsUnitsWhatLiesOnDisk) {
  const auto holders = declared(root());
  ASSERT_FALSE(holders.empty());
  for (auto first = holders.begin(); first != holders.end();) {
    const auto last =
        std::find_if(first, holders.end(), [&](const Holder& other) { return other.unit != first->unit; });
    std::string expected;
    std::for_each(first, last, [&](const Holder& holder) { expected += written(holder) + "\n"; });
    auto listen = run("systemctl show --property=Listen --value " + first->unit);
    // Which notation of an IPv4 address it is, is systemd's own affair.
    if (const auto mapped = listen.find("[::ffff:127.0.0.1]"); mapped != std::string::npos) {
      listen.replace(mapped, 18, "127.0.0.1");
    }
    EXPECT_EQ(listen, expected) << first->unit;
    EXPECT_EQ(run("systemctl is-active " + first->unit), first->enabled == true ? "active\n" : "inactive\n")
        << first->unit;
    if (!first->activates.contains("@.")) {
      EXPECT_EQ(run("systemctl show --property=Triggers --value " + first->unit), first->activates + "\n");
    }
    first = last;
  }
}

TEST_F(BootedSystemd, HasASocketOfEachEndpointThatIsEnabled) {
  expect_inside([] {
    const inspect::SystemdInspector inspector;
    EXPECT_TRUE(inspector.is_present());
    auto enabled = declared("");
    std::erase_if(enabled, [](const Holder& holder) { return holder.enabled != true; });
    ASSERT_EQ(enabled.size(), 9U);
    const auto sockets = inspect::SocketsInspector().inspect({.listeners_only = true, .owners = true});
    // The same endpoints, to the flag of IPv6: that is what tells the unit behind a socket of process 1.
    EXPECT_THAT(endpoints_of(enabled), UnorderedElementsAreArray(endpoints_of(sockets.holders)));
    for (const auto& holder : sockets.holders) EXPECT_EQ(holder.process, "systemd") << describe(holder);
  });
}

TEST_F(BootedSystemd, HandsTheSocketToTheServiceThatIsDeclared) {
  run("bash -c 'exec 3<>/dev/tcp/127.0.0.1/7090; until systemctl is-active --quiet many@7090.service; do sleep 0.01; "
      "done'");
  expect_inside([] {
    const inspect::Question question{.about = Endpoint{{}, Protocol::tcp, {7090, 7090}},
                                     .listeners_only = true,
                                     .owners = true,
                                     .sources = inspect::Sources::all,
                                     .thorough = true};
    const auto units = inspect::SystemdInspector().inspect(question).holders;
    ASSERT_EQ(units.size(), 1U);
    EXPECT_EQ(units[0].unit, "many@7090.socket");
    EXPECT_EQ(units[0].activates, "many@7090.service");
    const auto sockets = inspect::SocketsInspector().inspect(question).holders;
    ASSERT_EQ(sockets.size(), 1U);
    EXPECT_EQ(sockets[0].endpoint, units[0].endpoint);
    EXPECT_EQ(sockets[0].unit, units[0].activates);
    EXPECT_EQ(sockets[0].inherited, true);
    EXPECT_NE(sockets[0].pid, 1);
  });
}

}  // namespace
}  // namespace berth::live
