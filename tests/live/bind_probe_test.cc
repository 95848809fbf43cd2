// What Machine::probe answers beside real sockets; the referee has the random ones.
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "inspect/linux_machine.h"
#include "live/child.h"
#include "live/network.h"

namespace berth::live {
namespace {

using testing::HasSubstr;

class BindProbe : public NetworkTest {
 protected:
  Probe::Result probe(const std::string& spec) { return machine_.probe(endpoint(spec)).result; }
  std::string why(const std::string& spec) { return machine_.probe(endpoint(spec)).why; }

  inspect::LinuxMachine machine_{{}};
};

using enum Probe::Result;

TEST_F(BindProbe, AFreePortIsBindable) {
  for (const char* spec : {"8080", "8080/udp", "8080/tcp+udp", "0.0.0.0:8080", "127.0.0.1:8080/udp", "[::]:8080",
                           "[::1]:8080/tcp+udp", "65535", "1/tcp+udp"}) {
    EXPECT_EQ(probe(spec), bindable) << spec;
  }
}

TEST_F(BindProbe, LeavesNothingBehind) {
  EXPECT_EQ(probe("8080/tcp+udp"), bindable);
  EXPECT_TRUE(sockets_on(8080).empty());
}

TEST_F(BindProbe, IsInNobodysWay) {
  const auto server = bind_socket({.port = 8080, .reuse_address = true});
  EXPECT_EQ(probe("8080"), bindable);
  EXPECT_TRUE(listen_on({.address = "127.0.0.2", .port = 8080, .reuse_address = true}));
}

struct Beside {
  SocketOptions holder;
  std::string spec;
  Probe::Result expected;
};

TEST_F(BindProbe, AListenerTakesWhatItsAddressCovers) {
  for (const auto& [holder, spec, expected] : std::vector<Beside>{
           {{.address = "0.0.0.0"}, "", in_use},
           {{.address = "0.0.0.0"}, "127.0.0.1:", in_use},
           {{.address = "0.0.0.0"}, "[::1]:", bindable},
           {{.address = "0.0.0.0"}, "[::]:", in_use},
           {{.address = "127.0.0.1"}, "", in_use},
           {{.address = "127.0.0.1"}, "0.0.0.0:", in_use},
           {{.address = "127.0.0.1"}, "127.0.0.2:", bindable},
           {{.address = "127.0.0.1"}, "[::1]:", bindable},
           {{.address = "::"}, "0.0.0.0:", in_use},
           {{.address = "::"}, "127.0.0.1:", in_use},
           {{.address = "::", .v6only = true}, "127.0.0.1:", bindable},
           {{.address = "::", .v6only = true}, "", in_use},
           {{.address = "::1"}, "[::]:", in_use},
           {{.address = "::1"}, "0.0.0.0:", bindable},
           {{.address = "::ffff:127.0.0.1"}, "127.0.0.1:", in_use},
           {{.address = "::ffff:127.0.0.1"}, "[::1]:", bindable},
           {{.address = "0.0.0.0", .device = "lo"}, "127.0.0.1:", in_use},
       }) {
    auto options = holder;
    options.port = 8080;
    const auto listener = listen_on(options);
    ASSERT_TRUE(listener) << holder.address;
    EXPECT_EQ(probe(spec + "8080"), expected) << holder.address << " beside " << spec;
    EXPECT_EQ(probe(spec + "8080/udp"), bindable) << holder.address << " beside " << spec;
  }
}

TEST_F(BindProbe, OneProtocolInUseIsEnough) {
  const auto udp = bind_socket({.port = 8080, .transport = Transport::udp});
  EXPECT_EQ(probe("8080/tcp"), bindable);
  EXPECT_EQ(probe("8080/udp"), in_use);
  EXPECT_EQ(probe("8080/tcp+udp"), in_use);
}

TEST_F(BindProbe, AUdpSocketThatSharesIsInUseAllTheSame) {
  const auto sharing = bind_socket({.port = 8080, .transport = Transport::udp, .reuse_address = true});
  EXPECT_EQ(probe("8080/udp"), in_use);
}

TEST_F(BindProbe, AnOutgoingConnectionTakesItsPort) {
  const auto listener = listen_on({.address = "127.0.0.1", .port = 8080});
  const auto client = connect_from({}, "127.0.0.1", 8080);
  EXPECT_EQ(probe(std::to_string(port_of(*client))), in_use);
}

TEST_F(BindProbe, AnAddressThatIsNotHere) {
  EXPECT_EQ(probe("192.0.2.1:8080"), no_address);
  EXPECT_EQ(probe("[2001:db8::1]:8080"), no_address);
  EXPECT_THAT(why("192.0.2.1:8080"), HasSubstr("192.0.2.1"));
}

// ip(7): every address of 127.0.0.0/8 is local.
TEST_F(BindProbe, EveryLoopbackAddressIsHere) { EXPECT_EQ(probe("127.1.2.3:8080"), bindable); }

TEST_F(BindProbe, APrivilegedPortIsNotPermitted) {
  expect_in_child([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return;
    EXPECT_EQ(probe("80"), not_permitted);
    EXPECT_EQ(probe("80/udp"), not_permitted);
    EXPECT_EQ(probe("1024"), bindable);
    EXPECT_THAT(why("80"), testing::AllOf(HasSubstr("80"), HasSubstr("net.ipv4.ip_unprivileged_port_start")));
  });
}

TEST_F(BindProbe, TheSysctlDecidesWhatIsPrivileged) {
  std::ofstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") << "2000" << std::flush;
  if (machine_.kernel_ranges().unprivileged_start != 2000) GTEST_SKIP() << "/proc/sys is read-only";
  expect_in_child([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return;
    EXPECT_EQ(probe("1999"), not_permitted);
    EXPECT_THAT(why("1999"), HasSubstr("2000"));
    EXPECT_EQ(probe("2000"), bindable);
  });
}

// As on a machine that was booted with ipv6.disable=1. False if this kernel does not filter system calls.
bool forbid_ipv6_sockets() {
  std::array<sock_filter, 6> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_F(BindProbe, WithoutIPv6EveryAddressIsIPv4) {
  const auto listener = listen_on({.address = "127.0.0.1", .port = 8081});
  expect_in_child([&] {
    if (!forbid_ipv6_sockets()) return;
    EXPECT_EQ(probe("8080/tcp+udp"), bindable);
    EXPECT_EQ(probe("8081"), in_use);
    EXPECT_EQ(probe("[::]:8080"), failed);
  });
}

}  // namespace
}  // namespace berth::live
