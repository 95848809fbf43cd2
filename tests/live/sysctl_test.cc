// The kernel's own files: what it writes there, we read.
#include "system/sysctl.h"

#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "inspect/linux_machine.h"
#include "live/network.h"

namespace berth::live {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::SizeIs;

class Sysctls : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (!IsSkipped() && !set("ip_local_port_range", "32768 60999")) GTEST_SKIP() << "/proc/sys is read-only";
  }
  static bool set(const std::string& name, const std::string& value) {
    std::ofstream file("/proc/sys/net/ipv4/" + name);
    file << value << std::flush;
    return file.good();
  }
  inspect::LinuxMachine machine_{{}};
};

TEST_F(Sysctls, TheEphemeralRange) {
  set("ip_local_port_range", "10000 20000");
  EXPECT_EQ(machine_.kernel_ranges().ephemeral, (PortRange{10000, 20000}));
}

TEST_F(Sysctls, ReservedPorts) {
  set("ip_local_reserved_ports", "8080,9000-9010");
  EXPECT_THAT(machine_.kernel_ranges().reserved, ElementsAre(PortRange{8080, 8080}, PortRange{9000, 9010}));
}

TEST_F(Sysctls, NoReservedPortIsLostInALongList) {
  std::string list;
  for (int port = 1025; port < 65535; port += 2) list += std::to_string(port) + ",";
  if (!set("ip_local_reserved_ports", list)) GTEST_SKIP() << "this kernel does not take so many at once";
  EXPECT_THAT(system::PortSysctls().reserved_ports(), Optional(SizeIs((65535 - 1025) / 2)));
}

TEST_F(Sysctls, WhereUnprivilegedPortsBegin) {
  set("ip_unprivileged_port_start", "80");
  EXPECT_EQ(machine_.kernel_ranges().unprivileged_start, 80U);
}

}  // namespace
}  // namespace berth::live
