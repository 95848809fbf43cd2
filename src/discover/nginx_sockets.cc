#include "discover/nginx_sockets.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace berth::discover {
namespace {

// The address as nginx compares it: `::` is one, dual-stack or not.
Address without_stack(const Address& address) {
  return address.family() == Address::Family::ipv6 ? Address::ipv6(address.bytes()) : address;
}

// Which of the found has a port.
class Holders {
 public:
  // The ports of `ports` that nobody has: the first range is that of `index` from now on, the second that of `index` +
  // 1, and so on. Whoever has one of the others already is handed to `shared`.
  template <typename Shared>
  std::vector<PortRange> claim(PortRange ports, std::size_t index, const Shared& shared) {
    const auto free = taken_.missing(ports);
    auto each = holders_.upper_bound(ports.first);
    if (each != holders_.begin()) --each;
    for (; each != holders_.end() && each->first <= ports.last; ++each) {
      if (each->second.first >= ports.first) shared(each->second.second);
    }
    for (const auto range : free) holders_.emplace(range.first, std::pair(range.last, index++));
    taken_.add(ports);
    return free;
  }

 private:
  PortSet taken_;
  std::map<Port, std::pair<Port, std::size_t>> holders_;
};

}  // namespace

NginxSockets::Sockets NginxSockets::key_of(const Listen& listen) {
  return {listen.module, without_stack(listen.endpoint.address), listen.endpoint.protocol};
}

NginxSockets::Sockets NginxSockets::wildcard_of(const Listen& listen) {
  const bool is_ipv4 = listen.endpoint.address.family() == Address::Family::ipv4;
  return {listen.module, is_ipv4 ? any_ipv4() : any_ipv6(false), listen.endpoint.protocol};
}

bool NginxSockets::add(NginxModule module, const NginxListen& listen, Found origin) {
  if (listens_.size() >= most_listens) return false;
  listens_.push_back({module, listen.listener.endpoint, std::move(origin)});
  const auto& added = listens_.back();
  const auto ports = added.endpoint.ports;
  all_[key_of(added)].add(ports);
  if (listen.own_socket) own_[key_of(added)].add(ports);
  if (added.endpoint.address == any_ipv6(false)) dual_[key_of(added)].add(ports);
  return true;
}

std::vector<PortRange> NginxSockets::opened_ports(const Listen& listen) const {
  const auto ports = listen.endpoint.ports;
  const auto wildcard = all_.find(wildcard_of(listen));
  if (listen.endpoint.address.is_wildcard() || wildcard == all_.end()) return {ports};
  PortSet opened;
  for (const auto range : wildcard->second.missing(ports)) opened.add(range);
  if (const auto own = own_.find(key_of(listen)); own != own_.end()) {
    for (const auto range : own->second.within(ports)) opened.add(range);
  }
  return opened.within(ports);
}

std::vector<Endpoint> NginxSockets::opened(const Listen& listen) const {
  std::vector<Endpoint> endpoints;
  const auto dual = dual_.find(key_of(listen));
  for (const auto ports : opened_ports(listen)) {
    if (without_stack(listen.endpoint.address) != any_ipv6(false) || dual == dual_.end()) {
      endpoints.push_back(listen.endpoint.at(ports));
      continue;
    }
    for (const auto range : dual->second.within(ports)) {
      endpoints.push_back({any_ipv6(false), listen.endpoint.protocol, range});
    }
    for (const auto range : dual->second.missing(ports)) {
      endpoints.push_back({any_ipv6(true), listen.endpoint.protocol, range});
    }
  }
  return endpoints;
}

void NginxSockets::report(Findings& findings) const {
  std::vector<Found> found;
  std::map<std::pair<Address, Protocol>, Holders> holders;
  for (const auto& listen : listens_) {
    if (found.size() > Findings::most_found) break;
    for (const auto& endpoint : opened(listen)) {
      const auto unshare = [&](std::size_t index) {
        if (found[index].member != listen.origin.member) found[index].member.clear();
      };
      auto& known = holders[{endpoint.address, endpoint.protocol}];
      for (const auto range : known.claim(endpoint.ports, found.size(), unshare)) {
        found.push_back(listen.origin);
        found.back().endpoint = endpoint.at(range);
      }
    }
  }
  for (auto& each : found) findings.add(std::move(each));
}

}  // namespace berth::discover
