#include "core/coverage.h"

#include <algorithm>

namespace berth {
namespace {

bool has_address(const Address& all, const Address& some) { return all == Address{} || all == some; }

// The ports of `endpoint` that nobody has with this one protocol.
std::vector<PortRange> gaps(const Endpoint& endpoint, Protocol protocol,
                            const std::vector<const Allocation*>& registered) {
  if (!overlap(endpoint.protocol, protocol)) return {};
  std::vector<PortRange> covered;
  for (const auto* allocation : registered) {
    const auto& own = allocation->endpoint;
    if (has_address(own.address, endpoint.address) && overlap(own.protocol, protocol)) covered.push_back(own.ports);
  }
  std::ranges::sort(covered);
  std::vector<PortRange> found;
  unsigned next = endpoint.ports.first;
  for (const auto& ports : covered) {
    if (ports.first > endpoint.ports.last) break;
    if (ports.first > next) found.push_back({static_cast<Port>(next), static_cast<Port>(ports.first - 1)});
    next = std::max(next, ports.last + 1U);
  }
  if (next <= endpoint.ports.last) found.push_back({static_cast<Port>(next), endpoint.ports.last});
  return found;
}

}  // namespace

bool covers(const Endpoint& all, const Endpoint& some) {
  const bool has_protocol = all.protocol == Protocol::tcp_udp || all.protocol == some.protocol;
  return has_address(all.address, some.address) && has_protocol && all.ports.contains(some.ports);
}

Endpoint united(const Endpoint& left, const Endpoint& right) {
  Endpoint all = left;
  if (left.address != right.address) all.address = {};
  if (left.protocol != right.protocol) all.protocol = Protocol::tcp_udp;
  all.ports = {std::min(left.ports.first, right.ports.first), std::max(left.ports.last, right.ports.last)};
  return all;
}

std::vector<Endpoint> uncovered(const Endpoint& endpoint, const std::vector<const Allocation*>& registered) {
  const auto tcp = gaps(endpoint, Protocol::tcp, registered);
  const auto udp = gaps(endpoint, Protocol::udp, registered);
  std::vector<Endpoint> found;
  if (tcp == udp) {
    for (const auto& ports : tcp) found.push_back({endpoint.address, Protocol::tcp_udp, ports});
    return found;
  }
  for (const auto& ports : tcp) found.push_back({endpoint.address, Protocol::tcp, ports});
  for (const auto& ports : udp) found.push_back({endpoint.address, Protocol::udp, ports});
  return found;
}

}  // namespace berth
