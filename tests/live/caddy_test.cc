// The sockets that Caddy itself opens, in a network of the test's own, against those that are found in its file.
#include "discover/caddy.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "discover/directory_tree.h"
#include "live/network.h"
#include "scratch_directory.h"
#include "system/sock_diag.h"
#include "unit/discover/found_lines.h"

namespace berth::live {
namespace {

// Caddy with a Caddyfile, until this object is gone.
class RunningCaddy {
 public:
  explicit RunningCaddy(const tests::ScratchDirectory& scratch) : log_(scratch.path("log")) {
    const auto home = scratch.path("home");
    const auto caddyfile = scratch.path("Caddyfile");
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const auto* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}) ::setenv(name, home.c_str(), 1);
    const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execlp("caddy", "caddy", "run", "--config", caddyfile.c_str(), nullptr);
    ::_exit(127);
  }
  RunningCaddy(const RunningCaddy&) = delete;
  RunningCaddy& operator=(const RunningCaddy&) = delete;
  ~RunningCaddy() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  // Whether it serves; false if it ends before, or takes more than half a minute.
  bool serves() const {
    for (int tries = 0; tries < 600; ++tries) {
      if (log().contains("serving initial configuration")) return true;
      siginfo_t end{};
      if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == pid_)
        return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  std::string log() const {
    std::ifstream file(log_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string log_;
  pid_t pid_ = -1;
};

Address address_of(const system::SocketEntry& socket) {
  if (socket.family == system::IpFamily::ipv4)
    return Address::ipv4({socket.local[0], socket.local[1], socket.local[2], socket.local[3]});
  const auto address = Address::ipv6(socket.local, socket.v6only);
  return address.is_wildcard() && !socket.v6only ? Address() : address;
}

// Each endpoint once: Caddy has several sockets of one with SO_REUSEPORT.
std::set<std::string> open_endpoints() {
  std::set<std::string> lines;
  for (const auto transport : {Transport::tcp, Transport::udp}) {
    const bool tcp = transport == Transport::tcp;
    const auto state = tcp ? system::SocketState::listening : system::SocketState::closed;
    const auto sockets = system::dump_sockets({.transport = transport, .states = only(state), .ports = {}});
    EXPECT_TRUE(sockets);
    if (!sockets) continue;
    for (const auto& socket : *sockets) {
      Found found;
      const PortRange port{socket.local_port, socket.local_port};
      found.endpoint = Endpoint{address_of(socket), tcp ? Protocol::tcp : Protocol::udp, port};
      lines.insert(tests::found_line(found));
    }
  }
  return lines;
}

std::set<std::string> found_endpoints(const std::string& path) {
  const auto discovery = discover::CaddyDiscoverer().read(discover::DirectoryTree(), {path});
  EXPECT_THAT(discovery.problems, testing::IsEmpty());
  std::set<std::string> lines;
  for (auto found : discovery.found) {
    found.member.clear();
    lines.insert(tests::found_line(found));
  }
  return lines;
}

class CaddyTest : public NetworkTest {
 protected:
  void SetUp() override {
    if (std::system("caddy version >/dev/null 2>&1") != 0) GTEST_SKIP() << "caddy is not installed";
    NetworkTest::SetUp();
  }

  void expect_the_same_sockets(const std::string& caddyfile) {
    scratch_.write("Caddyfile", caddyfile);
    const RunningCaddy caddy(scratch_);
    ASSERT_TRUE(caddy.serves()) << caddyfile << caddy.log();
    EXPECT_EQ(found_endpoints(scratch_.path("Caddyfile")), open_endpoints()) << caddyfile;
  }

  tests::ScratchDirectory scratch_;
};

TEST_F(CaddyTest, OpensWhatIsFound) {
  scratch_.write("sites/one.caddy", "one.internal:6443 {\n\timport ../common\n}\n");
  scratch_.write("common", "bind 127.0.0.2\n");
  expect_the_same_sockets(
      "\xEF\xBB\xBF# A comment {\r\n"
      R"({
	local_certs
	skip_install_trust
	admin localhost:2020
	servers :8445 {
		protocols h1 h2
	}
}
(bound) {
	bind {args.0}
	respond "} { # no comment"
}
import sites/*
a.example, www.a.example,
http://a.example:8001, {$NO_SUCH_VARIABLE:b.example}:8443 {
	@other host c.example
	respond @other `"` 403
}
https://localhost:7443 {
	tls internal
	import bound tcp4/0.0.0.0
}
:8002 {
	import bound 127.0.0.1
	bind [::1]
}
:8003 {
	import bound 0.0.0.0
}
:8004 {
	bind tcp6/[::]
}
:8005 {
	@host host c.example
	respond @host \
		hi
}
d.example:8445 {
}
:8006 {
	bind unix/)" +
      scratch_.path("socket") + "\n}\n");
}

TEST_F(CaddyTest, RedirectsWhereNothingElseIsOnTheHttpPort) {
  const std::string options =
      "{\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n\thttp_port 8080\n\thttps_port 8443\n}\n";
  expect_the_same_sockets(options + "a.example {\n\tbind 127.0.0.1\n}\nb.example:9000 {\n\tbind 127.0.0.2\n}\n");
}

TEST_F(CaddyTest, RedirectsFromAServerThatIsOnTheHttpPort) {
  const std::string options = "{\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n}\n";
  expect_the_same_sockets(options + "a.example {\n\tbind 127.0.0.1\n}\n:80 {\n\tbind ::1\n}\n");
}

TEST_F(CaddyTest, HasHttpsWithoutAutomaticHttps) {
  const std::string options = "{\n\tlocal_certs\n\tskip_install_trust\n\tadmin [::1]:2019\n\tauto_https off\n}\n";
  expect_the_same_sockets(options + "a.example {\n\ttls internal\n}\n:8080 {\n}\n");
}

}  // namespace
}  // namespace berth::live
