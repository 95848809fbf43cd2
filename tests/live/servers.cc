#include "live/servers.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "discover/directory_tree.h"
#include "inspect/sockets.h"

namespace berth::live {
namespace {

void add(Sockets& sockets, const Endpoint& endpoint) {
  const bool is_dual = endpoint.address == Address() || endpoint.address == Address::ipv6({}, false);
  const auto address = is_dual ? Address::ipv6({}, false) : endpoint.address;
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    const auto number = static_cast<Port>(port);
    sockets.insert(to_string(Endpoint{address, endpoint.protocol, {number, number}}) +
                   (address.is_v6only() ? " v6only" : ""));
  }
}

}  // namespace

void ServersTest::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  // What goes into the background becomes a child of the test, which can thus see its end.
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  shell = std::make_unique<Shell>();
  shell->run("cd " + scratch.path() +
             " && ip address add 192.0.2.1/24 dev lo && ip address add 192.0.2.2/24 dev lo && " +
             "ip address add 2001:db8::1/64 dev lo nodad");
}

void ServersTest::TearDown() {
  shell.reset();
  end_server();
}

void ServersTest::end_server() {
  int pid = 0;
  if (std::ifstream file(scratch.path("pid")); !(file >> pid) || pid <= 1) return;
  for (int tries = 0; tries < 1000; ++tries) {
    // Again, since it may come before the server listens to it.
    if (tries % 100 == 0) ::kill(pid, SIGTERM);
    if (::waitpid(pid, nullptr, WNOHANG) != 0) break;
    ::usleep(10'000);
    if (tries < 999) continue;
    ADD_FAILURE() << "the server does not end";
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  std::filesystem::remove(scratch.path("pid"));
}

bool ServersTest::has_program(const std::string& program) {
  return shell->run("command -v " + program + " || true") != "";
}

void ServersTest::start(const std::string& command) {
  shell->run(command + " >out 2>&1 || { cat out >&2; false; }");
  shell->run("for _ in {1..1000}; do [ -s pid ] && break; sleep 0.01; done; [ -s pid ]");
}

Sockets listening() {
  Sockets sockets;
  for (const auto& holder : inspect::SocketsInspector().inspect({.listeners_only = true}).holders) {
    add(sockets, holder.endpoint);
  }
  return sockets;
}

Sockets discovered(const discover::Discoverer& discoverer, const std::string& path) {
  Sockets sockets;
  const auto discovery = discoverer.read(discover::DirectoryTree(), {path});
  for (const auto& problem : discovery.problems) {
    ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.message;
  }
  for (const auto& found : discovery.found) {
    if (found.endpoint) add(sockets, *found.endpoint);
  }
  return sockets;
}

}  // namespace berth::live
