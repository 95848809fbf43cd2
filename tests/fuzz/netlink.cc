// The kernel's answers over netlink: sockets, tunnels, routes.
#include <algorithm>
#include <cerrno>
#include <span>
#include <vector>

#include "fuzz/targets.h"
#include "system/local_addresses.h"
#include "system/netlink_answer.h"
#include "system/sock_diag_answer.h"
#include "system/tunnel_devices.h"

namespace berth::fuzz {
namespace {

using namespace berth::system;

void check_sockets(ByteSpan datagram, Transport transport) {
  const std::vector<SocketEntry> before(2);
  auto sockets = before;
  const auto step = read_datagram(datagram, {.sequence = 1, .port_id = 1}, [&](const NetlinkMessage& message) {
    return read_socket(message, transport, sockets);
  });
  promise(step.error >= 0 && step.error <= 4095, "an error is an errno");
  promise(sockets.size() >= before.size() && std::ranges::equal(std::span(sockets).first(before.size()), before),
          "what was there stays");
  for (const auto& socket : std::span(sockets).subspan(before.size())) {
    promise(socket.transport == transport, "a socket is of the transport that was asked for");
    promise(socket.family == IpFamily::ipv6 ||
                std::ranges::all_of(std::span(socket.local).subspan(4), [](auto octet) { return octet == 0; }),
            "an IPv4 address has four octets");
  }
}

void check_messages(ByteSpan datagram) {
  std::vector<AddressSpan> addresses;
  std::vector<TunnelDevice> tunnels;
  const auto step = read_datagram(datagram, {.sequence = 1, .port_id = 1}, [&](const NetlinkMessage& message) {
    auto rest = message.payload;
    for (std::size_t count = 0; next_attribute(rest); ++count) {
      promise(count < message.payload.size(), "attributes come to an end");
    }
    read_tunnel_device(message.payload, tunnels);
    return read_local_route(message.payload, addresses);
  });
  promise(step.error >= 0 && step.error <= 4095, "an error is an errno");
  for (const auto& address : addresses) promise(address.first <= address.last, "addresses are in order");
}

}  // namespace

void netlink(std::string_view input) {
  const auto datagram = std::as_bytes(std::span(input));
  check_sockets(datagram, Transport::tcp);
  check_sockets(datagram, Transport::udp);
  check_messages(datagram);
  std::vector<AddressSpan> addresses;
  read_local_route(datagram, addresses);
  std::vector<TunnelDevice> tunnels;
  read_tunnel_device(datagram, tunnels);
}

}  // namespace berth::fuzz
