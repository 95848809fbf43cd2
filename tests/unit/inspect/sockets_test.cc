#include "inspect/sockets.h"

#include <gmock/gmock.h>

#include <string>

namespace berth::inspect {
namespace {

using system::IpFamily;
using system::SocketEntry;
using system::SocketState;
using system::Transport;

SocketEntry listening() {
  SocketEntry socket;
  socket.state = SocketState::listening;
  socket.local = {127, 0, 0, 1};
  socket.local_port = 8080;
  return socket;
}

SocketEntry in_state(Transport transport, SocketState state) {
  auto socket = listening();
  socket.transport = transport;
  socket.state = state;
  return socket;
}

TEST(SocketHolder, HasTheEndpoint) {
  const auto holder = holder_of(listening());
  EXPECT_EQ(holder.source, Source::socket);
  EXPECT_EQ(to_string(holder.endpoint), "127.0.0.1:8080/tcp");
  EXPECT_EQ(holder.remote, "");
  EXPECT_EQ(holder.seconds_left, std::nullopt);
}

TEST(SocketHolder, HasWhatItIsFoundBy) {
  auto socket = listening();
  socket.inode = 4711;
  socket.cgroup = 42;
  EXPECT_EQ(holder_of(socket).inode, 4711U);
  EXPECT_EQ(holder_of(socket).cgroup, 42U);
}

TEST(SocketHolder, HasAState) {
  struct Case {
    Transport transport;
    SocketState state;
    HolderState expected;
  };
  for (const auto& [transport, state, expected] : {
           Case{Transport::tcp, SocketState::listening, HolderState::listening},
           Case{Transport::tcp, SocketState::closed, HolderState::bound},
           Case{Transport::tcp, SocketState::established, HolderState::connection},
           Case{Transport::tcp, SocketState::syn_sent, HolderState::connection},
           Case{Transport::tcp, SocketState::syn_received, HolderState::connection},
           Case{Transport::tcp, SocketState::close_wait, HolderState::connection},
           Case{Transport::tcp, SocketState::time_wait, HolderState::draining},
           Case{Transport::udp, SocketState::closed, HolderState::listening},
           Case{Transport::udp, SocketState::established, HolderState::connection},
       }) {
    EXPECT_EQ(holder_of(in_state(transport, state)).state, expected) << static_cast<int>(state);
  }
}

TEST(SocketHolder, AnOrphanThatOnlyWaitsIsDraining) {
  auto socket = in_state(Transport::tcp, SocketState::fin_wait2);
  socket.expires = 1;
  EXPECT_EQ(holder_of(socket).state, HolderState::draining);
}

TEST(SocketHolder, SecondsAreRoundedUp) {
  auto socket = in_state(Transport::tcp, SocketState::time_wait);
  for (const auto& [milliseconds, seconds] : {std::pair{0U, 0U}, {1U, 1U}, {1000U, 1U}, {1001U, 2U}, {59999U, 60U}}) {
    socket.expires = milliseconds;
    EXPECT_EQ(holder_of(socket).seconds_left, seconds);
  }
}

TEST(SocketHolder, NamesTheRemoteEnd) {
  auto socket = in_state(Transport::tcp, SocketState::established);
  socket.remote = {10, 0, 0, 7};
  socket.remote_port = 443;
  EXPECT_EQ(holder_of(socket).remote, "10.0.0.7:443");
  socket.family = IpFamily::ipv6;
  socket.remote = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(holder_of(socket).remote, "[2001:db8::1]:443");
}

TEST(SocketHolder, AMappedAddressIsIpv4) {
  auto socket = listening();
  socket.family = IpFamily::ipv6;
  socket.local = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
  EXPECT_EQ(holder_of(socket).endpoint.address, Address::ipv4({127, 0, 0, 1}));
}

TEST(SocketHolder, KnowsDualStackFromV6Only) {
  auto socket = listening();
  socket.family = IpFamily::ipv6;
  socket.local = {};
  EXPECT_EQ(holder_of(socket).endpoint.address, Address::ipv6({}, false));
  socket.v6only = true;
  EXPECT_EQ(holder_of(socket).endpoint.address, Address::ipv6({}, true));
}

}  // namespace
}  // namespace berth::inspect
