#include "inspect/container_ports.h"

#include <algorithm>
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

bool are_families(const PortMapping& ipv4, const PortMapping& ipv6) {
  return ipv4.endpoint.address == Address::ipv4({}) && ipv6.endpoint.address == Address::ipv6({}, true) &&
         ipv4.endpoint.protocol == ipv6.endpoint.protocol && ipv4.endpoint.ports == ipv6.endpoint.ports &&
         ipv4.target == ipv6.target;
}

void join_families(std::vector<PortMapping>& mappings) {
  for (auto ipv4 = mappings.begin(); ipv4 != mappings.end(); ++ipv4) {
    const auto ipv6 = std::ranges::find_if(mappings, [&](const auto& other) { return are_families(*ipv4, other); });
    if (ipv6 == mappings.end()) continue;
    ipv4->endpoint.address = Address{};
    ipv6->endpoint.address = Address{};  // the same, and gone with the doubles
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

// Whether `configured` came to be `published`.
bool is_that(const PortMapping& configured, const PortMapping& published) {
  const bool same_address = configured.endpoint.address == Address{} ||
                            configured.endpoint.address == published.endpoint.address ||
                            published.endpoint.address == Address{};
  return same_address && configured.endpoint.protocol == published.endpoint.protocol &&
         configured.target == published.target && configured.endpoint.ports.contains(published.endpoint.ports);
}

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
  std::erase_if(missing, [&](const PortMapping& configured) {
    return std::ranges::any_of(container.published, [&](const auto& it) { return is_that(configured, it); });
  });
  for (const auto& mapping : join(std::move(missing)))
    holders.push_back(holder_with(container, mapping, HolderState::configured));
  return holders;
}

}  // namespace berth::inspect
