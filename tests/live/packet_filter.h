// The programs that set up the kernel's packet filter, run in a test's own network namespace.
#pragma once

#include <string>
#include <vector>

#include "live/network.h"

namespace berth::live {

// Has the rules of its own namespace, none at first; skips where there can be none.
class PacketFilterTest : public NetworkTest {
 protected:
  void SetUp() override;

  // Skips the test if the program is not installed.
  static bool has_program(const std::string& name);
  // A shell's command that must succeed, with `input`.
  static void run(const std::string& command, const std::string& input = {});

  // "8080/tcp -> 10.200.0.2:80", as the inspector has them; there must be no blind spot.
  static std::vector<std::string> taken();
};

}  // namespace berth::live
