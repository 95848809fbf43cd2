#include "core/occupied.h"

#include <algorithm>

namespace berth {

Occupied::Occupied(const Registry& registry) : registry_(registry) {
  registry.for_each_endpoint([this](const Endpoint& endpoint) { mark(endpoint); });
}

// By port, then by name: what is found does not depend on what was decided before.
bool Occupied::is_before(const Entry& left, const Entry& right) {
  if (left.first() != right.first()) return left.first() < right.first();
  return left.allocation->service < right.allocation->service;
}

const std::vector<Occupied::Entry>& Occupied::entries() const {
  if (sorted_) return entries_;
  for (const auto& [service, allocation] : registry_.allocations()) {
    entries_.push_back({allocation.endpoint.ports, &allocation});
  }
  std::ranges::sort(entries_, is_before);
  // What was added since may have been put into the registry, too.
  const auto doubled = std::ranges::unique(entries_, {}, &Entry::allocation);
  entries_.erase(doubled.begin(), doubled.end());
  sorted_ = true;
  return entries_;
}

void Occupied::add(const Allocation& allocation) {
  const Entry entry{allocation.endpoint.ports, &allocation};
  entries_.insert(sorted_ ? std::ranges::upper_bound(entries_, entry, is_before) : entries_.end(), entry);
  mark(allocation.endpoint);
}

void Occupied::mark(const Endpoint& endpoint) {
  longest_ = std::max(longest_, endpoint.ports.size());
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    if (overlap(endpoint.protocol, Protocol::tcp)) tcp_.set(port);
    if (overlap(endpoint.protocol, Protocol::udp)) udp_.set(port);
  }
}

void Occupied::remove(const Allocation& allocation) {
  entries();
  std::erase_if(entries_, [&](const Entry& entry) { return entry.allocation == &allocation; });
  const auto& removed = allocation.endpoint;
  for (unsigned port = removed.ports.first; port <= removed.ports.last; ++port) {
    if (overlap(removed.protocol, Protocol::tcp)) tcp_.reset(port);
    if (overlap(removed.protocol, Protocol::udp)) udp_.reset(port);
  }
  for (const auto& entry : entries_) {
    if (overlap(entry.ports, removed.ports)) mark(entry.allocation->endpoint);
  }
}

bool Occupied::is_set(unsigned port, Protocol protocol) const {
  return (overlap(protocol, Protocol::tcp) && tcp_.test(port)) || (overlap(protocol, Protocol::udp) && udp_.test(port));
}

bool Occupied::any_set(const Endpoint& endpoint) const {
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    if (is_set(port, endpoint.protocol)) return true;
  }
  return false;
}

const Allocation* Occupied::find(const Endpoint& endpoint, std::optional<std::string_view> except) const {
  if (!any_set(endpoint)) return nullptr;
  // An entry that begins further down than this cannot reach the first port.
  const unsigned reach = endpoint.ports.first >= longest_ ? endpoint.ports.first - longest_ + 1 : 0;
  const auto& entries = this->entries();
  const auto begin = std::ranges::lower_bound(entries, reach, {}, &Entry::first);
  for (auto entry = begin; entry != entries.end() && entry->ports.first <= endpoint.ports.last; ++entry) {
    if (overlap(entry->allocation->endpoint, endpoint) && entry->allocation->service != except) {
      return entry->allocation;
    }
  }
  return nullptr;
}

Port Occupied::end_of_run(const Endpoint& endpoint, std::optional<std::string_view> except) const {
  unsigned last = endpoint.ports.last;
  // Only `*` overlaps whatever is set; and a service's own ports, which it may have, are set too.
  const bool every_address = endpoint.address.family() == Address::Family::any;
  const bool has_own = std::ranges::any_of(entries(), [&](const Entry& e) { return e.allocation->service == except; });
  if (!every_address || has_own) return static_cast<Port>(last);
  while (last < tcp_.size() - 1 && is_set(last + 1, endpoint.protocol)) ++last;
  return static_cast<Port>(last);
}

}  // namespace berth
