// The addresses of this machine: what its routing takes for its own.
#pragma once

#include <compare>
#include <expected>
#include <optional>
#include <vector>

#include "system/error.h"
#include "system/ip.h"
#include "system/netlink_answer.h"

namespace berth::system {

// Inclusive at both ends. Mostly a single address; 127.0.0.0/8 is local as a whole, and so is what `ip route add local`
// made so.
struct AddressSpan {
  IpFamily family = IpFamily::ipv4;
  IpBytes first{};
  IpBytes last{};
  friend auto operator<=>(const AddressSpan&, const AddressSpan&) = default;
};

// The routes of type `local` in the routing table `local` (rtnetlink(7), RTM_GETROUTE), of both families, in no order.
// Errors: those of NetlinkSocket.
std::expected<std::vector<AddressSpan>, Error> read_local_addresses();

// The same of one message; nothing is appended for other routes. False if it is malformed.
bool read_local_route(ByteSpan payload, std::vector<AddressSpan>& addresses);

}  // namespace berth::system
