// Web servers of a test's own: the real programs, each on a configuration of the test, in its network namespace.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "discover/discoverer.h"
#include "live/network.h"
#include "live/shell.h"
#include "scratch_directory.h"

namespace berth::live {

// Every test of it has 192.0.2.1, 192.0.2.2 and 2001:db8::1 on its loopback device, and a directory.
class ServersTest : public NetworkTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  bool has_program(const std::string& program);
  // Runs a command that starts a server and leaves it in the background, with its process id in `pid` of the directory.
  // Returns when it is there.
  void start(const std::string& command);
  // Ends it, if it is there; another one may be started then.
  void end_server();

  tests::ScratchDirectory scratch;
  std::unique_ptr<Shell> shell;
};

// Each with its ports one by one, "[::]:80/tcp v6only"; `*` and a dual-stack `::` are the same socket.
using Sockets = std::set<std::string>;

// Those that listen in the namespace.
Sockets listening();
// Those that a discoverer says of a configuration on this machine. A test fails where it has a problem.
Sockets discovered(const discover::Discoverer& discoverer, const std::string& path);

}  // namespace berth::live
