// What the sockets inspector sees of every kind of socket.
#include "inspect/sockets.h"

#include <gmock/gmock.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "live/network.h"
#include "system/sock_diag.h"

namespace berth::live {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr std::uint16_t port = 8080;

auto in_state(HolderState state) { return Field("state", &Holder::state, state); }
auto at(const Address& address) {
  return Field("endpoint", &Holder::endpoint, Field("address", &Endpoint::address, address));
}
const auto any4 = Address::ipv4({});
const auto loopback4 = Address::ipv4({127, 0, 0, 1});
const auto loopback6 = *Address::parse("::1");

class Sockets : public NetworkTest {};

// TCP sockets that are only bound cannot be listed by older kernels.
#define NEEDS_BOUND_SOCKETS() \
  if (!system::dump_shows_bound_sockets()) GTEST_SKIP() << "needs Linux 6.8"

TEST_F(Sockets, AListeningOne) {
  const auto socket = listen_on({.address = "127.0.0.1", .port = port});
  EXPECT_THAT(sockets_on(port), ElementsAre(AllOf(in_state(HolderState::listening), at(loopback4))));
}

TEST_F(Sockets, ItsInodeIsThatOfTheDescriptor) {
  const auto socket = listen_on({.port = port});
  EXPECT_EQ(sockets_on(port).at(0).inode, inode_of(*socket));
}

TEST_F(Sockets, ADualStackOne) {
  const auto socket = listen_on({.address = "::", .port = port});
  EXPECT_THAT(sockets_on(port), ElementsAre(at(Address::ipv6({}, false))));
}

TEST_F(Sockets, AV6OnlyOne) {
  const auto socket = listen_on({.address = "::", .port = port, .v6only = true});
  EXPECT_THAT(sockets_on(port), ElementsAre(at(Address::ipv6({}, true))));
}

TEST_F(Sockets, AMappedOne) {
  const auto socket = listen_on({.address = "::ffff:127.0.0.1", .port = port});
  EXPECT_THAT(sockets_on(port), ElementsAre(at(loopback4)));
}

TEST_F(Sockets, OneThatIsOnlyBound) {
  NEEDS_BOUND_SOCKETS();
  const auto ipv4 = bind_socket({.port = port});
  const auto ipv6 = bind_socket({.address = "::", .port = port, .v6only = true});
  EXPECT_THAT(sockets_on(port), ElementsAre(AllOf(in_state(HolderState::bound), at(any4)),
                                            AllOf(in_state(HolderState::bound), at(Address::ipv6({}, true)))));
}

TEST_F(Sockets, BothEndsOfAConnection) {
  const auto listener = listen_on({.address = "127.0.0.1", .port = port});
  const auto client = connect_from({}, "127.0.0.1", port);
  const auto server = accept_from(*listener);
  const auto client_port = port_of(*client);
  EXPECT_THAT(sockets_on(port), ElementsAre(in_state(HolderState::listening),
                                            AllOf(in_state(HolderState::connection),
                                                  Field(&Holder::remote, "127.0.0.1:" + std::to_string(client_port)))));
  EXPECT_THAT(sockets_on(client_port), ElementsAre(AllOf(in_state(HolderState::connection), at(loopback4),
                                                         Field(&Holder::remote, "127.0.0.1:8080"))));
}

TEST_F(Sockets, AConnectionThatNobodyAccepted) {
  const auto listener = listen_on({.address = "::1", .port = port});
  const auto client = connect_from({.address = "::"}, "::1", port);
  const auto sockets = sockets_on(port);
  ASSERT_THAT(sockets, SizeIs(2));
  EXPECT_THAT(sockets[1], AllOf(in_state(HolderState::connection), at(loopback6)));
  EXPECT_EQ(sockets[1].inode, 0U);
}

TEST_F(Sockets, IPv4ThroughADualStackListener) {
  const auto listener = listen_on({.address = "::", .port = port});
  const auto client = connect_from({}, "127.0.0.1", port);
  const auto server = accept_from(*listener);
  EXPECT_THAT(sockets_on(port), ElementsAre(at(Address::ipv6({}, false)), at(loopback4)));
}

TEST_F(Sockets, OneInTimeWait) {
  {
    const auto listener = listen_on({.address = "127.0.0.1", .port = port});
    auto client = connect_from({}, "127.0.0.1", port);
    auto server = accept_from(*listener);
    close_in_order(std::move(*server), std::move(*client));
  }
  const auto sockets = sockets_on(port);
  ASSERT_THAT(sockets, ElementsAre(AllOf(in_state(HolderState::draining), at(loopback4))));
  ASSERT_TRUE(sockets[0].seconds_left);
  EXPECT_LE(*sockets[0].seconds_left, 60U);
  EXPECT_GE(*sockets[0].seconds_left, 1U);
}

TEST_F(Sockets, AnOrphanThatTheKernelCloses) {
  const auto listener = listen_on({.address = "127.0.0.1", .port = port});
  {
    const auto client = connect_from({.address = "127.0.0.1", .port = 8081}, "127.0.0.1", port);
  }
  const auto server = accept_from(*listener);
  const auto sockets = sockets_on(8081);
  ASSERT_THAT(sockets, SizeIs(1));
  EXPECT_EQ(sockets[0].inode, 0U);
}

TEST_F(Sockets, AUdpOne) {
  const auto socket = bind_socket({.port = port, .transport = Transport::udp});
  EXPECT_THAT(sockets_on(port), ElementsAre(AllOf(in_state(HolderState::listening), at(any4))));
  EXPECT_THAT(sockets_on(port, Protocol::tcp), IsEmpty());
}

TEST_F(Sockets, UdpOnIPv6KnowsV6Only) {
  const auto dual = bind_socket({.address = "::", .port = port, .transport = Transport::udp});
  const auto v6only = bind_socket({.address = "::", .port = 8081, .transport = Transport::udp, .v6only = true});
  EXPECT_THAT(sockets_on(port), ElementsAre(at(Address::ipv6({}, false))));
  EXPECT_THAT(sockets_on(8081), ElementsAre(at(Address::ipv6({}, true))));
}

TEST_F(Sockets, AConnectedUdpOne) {
  const auto server = bind_socket({.address = "127.0.0.1", .port = 53, .transport = Transport::udp});
  const auto client = connect_from({.port = port, .transport = Transport::udp}, "127.0.0.1", 53);
  EXPECT_THAT(sockets_on(port), ElementsAre(AllOf(in_state(HolderState::connection), at(loopback4),
                                                  Field(&Holder::remote, "127.0.0.1:53"))));
}

TEST_F(Sockets, TwoOnOnePort) {
  const auto first = listen_on({.port = port, .reuse_port = true});
  const auto second = listen_on({.port = port, .reuse_port = true});
  EXPECT_THAT(sockets_on(port), AllOf(SizeIs(2), Each(in_state(HolderState::listening))));
}

TEST_F(Sockets, OneOfADeviceAlone) {
  const auto socket = listen_on({.port = port, .device = "lo"});
  EXPECT_THAT(sockets_on(port), ElementsAre(AllOf(in_state(HolderState::listening), at(any4))));
}

TEST_F(Sockets, AMultipathTcpOne) {
  const auto socket = listen_on({.port = port, .protocol = IPPROTO_MPTCP});
  if (!socket) GTEST_SKIP() << "this kernel has no MPTCP";
  const auto sockets = sockets_on(port);
  ASSERT_THAT(sockets, ElementsAre(in_state(HolderState::listening)));
  EXPECT_EQ(sockets[0].inode, inode_of(*socket));
}

// Questions.

class Questions : public NetworkTest {
 protected:
  static std::vector<Holder> ask(const inspect::Question& question) {
    return inspect::SocketsInspector().inspect(question).holders;
  }
};

TEST_F(Questions, OnlyWhatOverlapsIsAnAnswer) {
  const auto wanted = listen_on({.address = "127.0.0.1", .port = port});
  const auto other_address = listen_on({.address = "127.0.0.2", .port = port});
  const auto other_family = listen_on({.address = "::1", .port = port});
  const auto other_port = listen_on({.address = "127.0.0.1", .port = 18080});
  const auto other_protocol = bind_socket({.address = "127.0.0.1", .port = port, .transport = Transport::udp});
  EXPECT_THAT(ask(about(endpoint("127.0.0.1:8080"))), ElementsAre(at(loopback4)));
  EXPECT_THAT(ask(about(endpoint("8080"))), SizeIs(3));
  EXPECT_THAT(ask(about(endpoint("0.0.0.0:8080/tcp+udp"))), SizeIs(3));
}

TEST_F(Questions, ARangeHasBothItsEnds) {
  std::vector<UniqueFd> sockets;
  for (std::uint16_t each = 8000; each <= 8010; ++each) {
    sockets.push_back(*listen_on({.port = each}));
    sockets.push_back(*bind_socket({.address = "::", .port = each, .transport = Transport::udp}));
  }
  std::map<unsigned, int> ports;
  for (const auto& holder : ask(about(endpoint("8003-8007/tcp+udp")))) ++ports[holder.endpoint.ports.first];
  EXPECT_THAT(ports, ElementsAre(Pair(8003, 2), Pair(8004, 2), Pair(8005, 2), Pair(8006, 2), Pair(8007, 2)));
}

TEST_F(Questions, TheHighestPortIsAPort) {
  const auto socket = listen_on({.port = 65535});
  EXPECT_THAT(ask(about(endpoint("65535"))), SizeIs(1));
  EXPECT_THAT(ask(about(endpoint("1-65535"))), SizeIs(1));
  EXPECT_THAT(ask({}), SizeIs(1));
}

TEST_F(Questions, ListenersAloneAreLessThanAll) {
  const auto listener = listen_on({.address = "127.0.0.1", .port = port});
  const auto client = connect_from({}, "127.0.0.1", port);
  const auto bound = bind_socket({.port = 8081});
  const auto udp = bind_socket({.port = 8082, .transport = Transport::udp});
  const auto found = ask({.listeners_only = true});
  EXPECT_THAT(found, AllOf(SizeIs(2), Each(in_state(HolderState::listening))));
}

TEST_F(Questions, TheAnswerIsInOrder) {
  const auto later = listen_on({.port = 9000});
  const auto udp = bind_socket({.port = 8000, .transport = Transport::udp});
  const auto listener = listen_on({.address = "127.0.0.1", .port = 8500});
  const auto client = connect_from({}, "127.0.0.1", 8500);
  const auto found = ask({});
  EXPECT_TRUE(std::ranges::is_sorted(found, {}, [](const Holder& each) { return each.endpoint.ports.first; }));
}

TEST_F(Questions, NoneOfFiveThousandIsMissing) {
  std::vector<UniqueFd> sockets;
  for (int index = 0; index < 1250; ++index) {
    const auto base = static_cast<std::uint16_t>(2000 + index);
    for (const char* address : {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.3"}) {
      auto socket = listen_on({.address = address, .port = base});
      if (!socket) GTEST_SKIP() << "not so many descriptors: " << sockets.size();
      sockets.push_back(std::move(*socket));
    }
  }
  EXPECT_THAT(ask({.listeners_only = true}), SizeIs(5000));
  EXPECT_THAT(ask({}), SizeIs(5000));
  EXPECT_THAT(ask(about(endpoint("2100"))), SizeIs(4));
}

TEST_F(Questions, AnEmptyMachineHasNoHolders) { EXPECT_THAT(ask({}), IsEmpty()); }

}  // namespace
}  // namespace berth::live
