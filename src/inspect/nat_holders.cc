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

Address address_of(const AddressNumber& number, IpFamily family) {
  return family == IpFamily::ipv4 ? Address::ipv4({number[12], number[13], number[14], number[15]})
                                  : Address::ipv6(number, true);
}

Address any_of(IpFamily family) { return address_of(AddressNumber{}, family); }

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
      list.push_back(address_of(at, family));
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
    const auto address = address_of(number_of(bytes, family), family);
    return family == IpFamily::ipv4 ? address.to_string() : "[" + address.to_string() + "]";
  };
  const auto first = text(*to.first_address);
  const bool is_one = !to.last_address || to.last_address == to.first_address;
  return is_one ? first : first + "-" + text(*to.last_address);
}

// "10.200.0.2:80"; empty if it is not known, as of a rule that takes the address from the packet.
std::string forwards_to(const Translate& to, IpFamily family, std::optional<PortRange> ports) {
  const auto address = address_text(to, family);
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

// Holders that differ in nothing but the protocol, or but the family of a wildcard, are one.
class Collection {
 public:
  void add(Holder&& holder) { holders_.push_back(std::move(holder)); }

  std::vector<Holder> take() {
    join([](const Holder& holder) { return holder.endpoint.protocol; },
         [](Holder& left, const Holder& right) {
           const bool fits = left.endpoint.address == right.endpoint.address;
           if (fits) left.endpoint.protocol = Protocol::tcp_udp;
           return fits;
         });
    join([](const Holder& holder) { return holder.endpoint.address; },
         [](Holder& left, const Holder& right) {
           const bool fits = left.endpoint.protocol == right.endpoint.protocol &&
                             left.endpoint.address == any_of(IpFamily::ipv4) &&
                             right.endpoint.address == any_of(IpFamily::ipv6);
           if (fits) left.endpoint.address = Address();
           return fits;
         });
    return std::move(holders_);
  }

 private:
  static auto place(const Holder& holder) { return std::tie(holder.endpoint.ports, holder.forwards_to); }

  // Sorts, drops what is there twice, and lets `merge` put pairs at one place together.
  void join(auto, auto merge) {
    std::ranges::sort(holders_, {}, [](const Holder& holder) {
      return std::tuple(place(holder), holder.endpoint.address, holder.endpoint.protocol);
    });
    std::vector<Holder> kept;
    for (auto& holder : holders_) {
      const bool is_there = std::ranges::any_of(kept | std::views::reverse | std::views::take(4), [&](Holder& other) {
        return place(other) == place(holder) && (other == holder || merge(other, holder));
      });
      if (!is_there) kept.push_back(std::move(holder));
    }
    holders_ = std::move(kept);
  }

  std::vector<Holder> holders_;
};

}  // namespace

Census holders_of(const std::vector<Taken>& taken, const std::vector<system::AddressSpan>& local) {
  Census census;
  Collection collection;
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
          Holder holder;
          holder.source = Source::nat;
          holder.state = HolderState::published;
          holder.endpoint = {address, protocol, range};
          holder.forwards_to = forwards_to(one.to, one.traffic.family, range);
          collection.add(std::move(holder));
        }
      }
    }
  }
  census.holders = collection.take();
  return census;
}

}  // namespace berth::inspect
