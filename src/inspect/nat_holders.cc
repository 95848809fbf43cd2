#include "inspect/nat_holders.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>

namespace berth::inspect {
namespace {

using system::IpBytes;
using system::IpFamily;
using system::netfilter::Translate;

constexpr unsigned half_of_all_ports = 32768;

Address to_address(const AddressNumber& number, IpFamily family) {
  return family == IpFamily::ipv4 ? Address::ipv4({number[12], number[13], number[14], number[15]})
                                  : Address::ipv6(number, true);
}

Address any_of(IpFamily family) { return to_address(AddressNumber{}, family); }

Addresses own_addresses(const std::vector<system::AddressSpan>& local, IpFamily family) {
  std::vector<Interval<AddressNumber>> parts;
  for (const auto& span : local) {
    if (span.family == family) parts.push_back({number_of(span.first, family), number_of(span.last, family)});
  }
  return Addresses(std::move(parts));
}

// One by one, if they are few; otherwise the wildcard stands for them.
std::vector<Address> listed(const Addresses& addresses, IpFamily family) {
  constexpr std::size_t few = 16;
  std::vector<Address> list;
  for (const auto& part : addresses.parts()) {
    for (auto at = part.first; list.size() <= few; at = above(at)) {
      list.push_back(to_address(at, family));
      if (at == part.last) break;
    }
  }
  return list.size() > few ? std::vector{any_of(family)} : list;
}

// Which of this machine's addresses are meant. All of them but a few count as all.
std::vector<Address> addresses_of(const Traffic& traffic, const std::vector<system::AddressSpan>& local) {
  const bool are_all = traffic.addresses == every_address(traffic.family);
  if (!traffic.is_addressed || are_all) return {any_of(traffic.family)};
  return listed(traffic.addresses.intersection(own_addresses(local, traffic.family)), traffic.family);
}

std::string address_text(const Translate& to, IpFamily family) {
  if (!to.first_address) return {};
  const auto text = [family](const IpBytes& bytes) {
    const auto address = to_address(number_of(bytes, family), family);
    return family == IpFamily::ipv4 ? address.to_string() : "[" + address.to_string() + "]";
  };
  const auto first = text(*to.first_address);
  const bool is_one = !to.last_address || to.last_address == to.first_address;
  return is_one ? first : first + "-" + text(*to.last_address);
}

// "10.200.0.2:80"; empty if it is not known, as of a rule that takes the address from the packet.
std::string forwards_to(const Translate& to, IpFamily family, std::optional<PortRange> ports) {
  auto address = address_text(to, family);
  if (address.empty() && !to.to_this_machine) return {};
  if (to.ports) return address + ":" + to_string(PortRange{to.ports->first, to.ports->last});
  if (to.port_is_unknown || !ports) return address;
  return address + ":" + to_string(*ports);
}

// What a redirect to one port of this machine leaves where it was.
Ports moved(const Ports& ports, const Translate& to) {
  if (!to.to_this_machine) return ports;
  if (!to.ports && !to.port_is_unknown) return {};
  if (!to.ports || to.ports->first != to.ports->last) return ports;
  return ports.without(Ports({{to.ports->first, to.ports->last}}));
}

unsigned count(const Ports& ports) {
  return std::accumulate(ports.parts().begin(), ports.parts().end(), 0U,
                         [](unsigned sum, const auto& part) { return sum + (unsigned{part.last} - part.first + 1); });
}

BlindSpot spot_of(const Taken& taken) {
  const std::string source(to_string(Source::nat));
  if (!taken.traffic.unread.empty()) {
    return {source, fmt::format("a rule's condition `{}` cannot be read, so which ports the rule takes is not known",
                                taken.traffic.unread)};
  }
  const auto target = forwards_to(taken.to, taken.traffic.family, std::nullopt);
  return {source,
          fmt::format("a rule sends most ports on{}{}, which is held against none of them: what listens here may not "
                      "be what answers",
                      target.empty() ? "" : " to ", target),
          false};
}

// What a holder is made of. There may be thousands, and most are there several times.
struct Claim {
  Endpoint endpoint;
  std::string forwards_to;
  friend bool operator==(const Claim&, const Claim&) = default;
};

// Claims that differ in nothing but the protocol, or but the family of a wildcard, are one.
bool join_protocols(Claim& left, const Claim& right) {
  const bool fits = left.endpoint.address == right.endpoint.address;
  if (fits) left.endpoint.protocol = Protocol::tcp_udp;
  return fits;
}
bool join_families(Claim& left, const Claim& right) {
  const bool fits = left.endpoint.protocol == right.endpoint.protocol &&
                    left.endpoint.address == any_of(IpFamily::ipv4) && right.endpoint.address == any_of(IpFamily::ipv6);
  if (fits) left.endpoint.address = Address();
  return fits;
}

// Sorts, drops what is there twice, and joins pairs that have the same ports and target.
void join(std::vector<Claim>& claims, bool (*join_pair)(Claim&, const Claim&)) {
  constexpr std::size_t near = 4;
  const auto place = [](const Claim& claim) { return std::tie(claim.endpoint.ports, claim.forwards_to); };
  std::ranges::sort(claims, {}, [&](const Claim& claim) {
    return std::tuple(place(claim), std::tie(claim.endpoint.address, claim.endpoint.protocol));
  });
  std::vector<Claim> kept;
  for (auto& claim : claims) {
    const bool is_there = std::ranges::any_of(kept | std::views::reverse | std::views::take(near), [&](Claim& other) {
      return place(other) == place(claim) && (other == claim || join_pair(other, claim));
    });
    if (!is_there) kept.push_back(std::move(claim));
  }
  claims = std::move(kept);
}

Holder holder_behind(Claim&& claim) {
  Holder holder;
  holder.source = Source::nat;
  holder.state = HolderState::published;
  holder.endpoint = claim.endpoint;
  holder.forwards_to = std::move(claim.forwards_to);
  return holder;
}

}  // namespace

Census holders_of(const std::vector<Taken>& taken, const std::vector<system::AddressSpan>& local) {
  Census census;
  std::vector<Claim> claims;
  for (const auto& one : taken) {
    const auto addresses = addresses_of(one.traffic, local);
    const auto tcp = moved(one.traffic.tcp, one.to);
    const auto udp = moved(one.traffic.udp, one.to);
    if (addresses.empty() || (tcp.empty() && udp.empty())) continue;
    if (count(tcp) > half_of_all_ports || count(udp) > half_of_all_ports) {
      auto& spots = census.blind_spots;
      if (auto spot = spot_of(one); std::ranges::find(spots, spot) == spots.end()) spots.push_back(std::move(spot));
      continue;
    }
    for (const auto& [ports, protocol] : {std::pair(&tcp, Protocol::tcp), std::pair(&udp, Protocol::udp)}) {
      for (const auto& part : ports->parts()) {
        const PortRange range{part.first, part.last};
        for (const auto& address : addresses) {
          claims.push_back({{address, protocol, range}, forwards_to(one.to, one.traffic.family, range)});
        }
      }
    }
  }
  join(claims, join_protocols);
  join(claims, join_families);
  census.holders.reserve(claims.size());
  for (auto& claim : claims) census.holders.push_back(holder_behind(std::move(claim)));
  return census;
}

}  // namespace berth::inspect
