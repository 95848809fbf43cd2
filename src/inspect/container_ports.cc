#include "inspect/container_ports.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>

namespace berth::inspect {
namespace {

bool is_before(const PortMapping& left, const PortMapping& right) {
  const auto key = [](const PortMapping& mapping) {
    const auto& endpoint = mapping.endpoint;
    return std::tuple(endpoint.protocol, endpoint.address, endpoint.ports, mapping.target);
  };
  return key(left) < key(right);
}

// A container may have tens of thousands of ports: what belongs together is found by order.
using Rest = std::tuple<Protocol, PortRange, PortRange>;
Rest but_for_address(const PortMapping& mapping) {
  return {mapping.endpoint.protocol, mapping.target, mapping.endpoint.ports};
}

std::vector<Rest> on(const Address& address, const std::vector<PortMapping>& mappings) {
  std::vector<Rest> found;
  for (const auto& mapping : mappings) {
    if (mapping.endpoint.address == address) found.push_back(but_for_address(mapping));
  }
  std::ranges::sort(found);
  return found;
}

void join_families(std::vector<PortMapping>& mappings) {
  const auto every_ipv4 = Address::ipv4({});
  const auto every_ipv6 = Address::ipv6({}, true);
  std::vector<Rest> both;
  std::ranges::set_intersection(on(every_ipv4, mappings), on(every_ipv6, mappings), std::back_inserter(both));
  for (auto& mapping : mappings) {
    auto& address = mapping.endpoint.address;
    const bool is_one = address == every_ipv4 || address == every_ipv6;
    // Then they are the same, and one goes with the doubles.
    if (is_one && std::ranges::binary_search(both, but_for_address(mapping))) address = Address{};
  }
}

// One to one, and not many to one.
bool is_parallel(const PortMapping& mapping) {
  return mapping.target.first != 0 && mapping.target.size() == mapping.endpoint.ports.size();
}

bool is_next(const PortMapping& mapping, const PortMapping& next) {
  return mapping.endpoint.protocol == next.endpoint.protocol && mapping.endpoint.address == next.endpoint.address &&
         mapping.endpoint.ports.last + 1 == next.endpoint.ports.first && mapping.target.last + 1 == next.target.first &&
         is_parallel(mapping) && is_parallel(next);
}

// What is published, to ask which of the configured ones came to be.
class Published {
 public:
  explicit Published(std::vector<PortMapping> mappings) : mappings_(std::move(mappings)) {
    std::ranges::sort(mappings_, {}, but_for_address);
  }

  bool has(const PortMapping& configured) const {
    const auto& [endpoint, target] = configured;
    const Rest first{endpoint.protocol, target, {endpoint.ports.first, 0}};
    const Rest last{endpoint.protocol, target, {endpoint.ports.last, endpoint.ports.last}};
    return std::any_of(std::ranges::lower_bound(mappings_, first, {}, but_for_address),
                       std::ranges::upper_bound(mappings_, last, {}, but_for_address), [&](const PortMapping& one) {
                         return is_address_of(endpoint.address, one.endpoint.address) &&
                                endpoint.ports.contains(one.endpoint.ports);
                       });
  }

 private:
  static bool is_address_of(const Address& configured, const Address& published) {
    return configured == Address{} || configured == published || published == Address{};
  }

  std::vector<PortMapping> mappings_;
};

std::string forwards_to(const EngineContainer& container, PortRange target) {
  if (container.address.empty() || target.first == 0) return {};
  const bool brackets = container.address.contains(':');
  return (brackets ? "[" + container.address + "]" : container.address) + ":" + to_string(target);
}

Holder holder_with(const EngineContainer& container, const PortMapping& mapping, HolderState state) {
  Holder holder;
  holder.source = Source::container;
  holder.state = state;
  holder.endpoint = mapping.endpoint;
  holder.container = container.container;
  holder.compose = container.compose;
  holder.since = container.since;
  holder.forwards_to = forwards_to(container, mapping.target);
  if (state == HolderState::configured) holder.enabled = container.enabled;
  return holder;
}

}  // namespace

std::vector<PortMapping> join(std::vector<PortMapping> mappings) {
  join_families(mappings);
  std::ranges::sort(mappings, is_before);
  const auto doubles = std::ranges::unique(mappings);
  mappings.erase(doubles.begin(), doubles.end());
  std::vector<PortMapping> joined;
  for (const auto& mapping : mappings) {
    if (joined.empty() || !is_next(joined.back(), mapping)) {
      joined.push_back(mapping);
    } else {
      joined.back().endpoint.ports.last = mapping.endpoint.ports.last;
      joined.back().target.last = mapping.target.last;
    }
  }
  return joined;
}

std::vector<Holder> holders_of(const EngineContainer& container) {
  std::vector<Holder> holders;
  for (const auto& mapping : join(container.published))
    holders.push_back(holder_with(container, mapping, HolderState::published));
  auto missing = container.configured;
  const Published published(container.published);
  std::erase_if(missing, [&](const PortMapping& configured) { return published.has(configured); });
  for (const auto& mapping : join(std::move(missing)))
    holders.push_back(holder_with(container, mapping, HolderState::configured));
  return holders;
}

}  // namespace berth::inspect
