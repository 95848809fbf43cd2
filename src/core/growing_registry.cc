#include "core/growing_registry.h"

#include <algorithm>
#include <utility>

namespace berth {

GrowingRegistry::GrowingRegistry(Registry registry) : registry_(std::move(registry)) {
  for (const auto& [service, allocation] : registry_.allocations()) file(allocation);
}

std::vector<const Allocation*> GrowingRegistry::overlapping(const Endpoint& endpoint) const {
  std::vector<const Allocation*> found;
  for (const auto index : by_port_.near(endpoint.ports)) {
    if (overlap(allocations_[index]->endpoint, endpoint)) found.push_back(allocations_[index]);
  }
  std::ranges::sort(found, {}, &Allocation::service);
  // Whoever has moved is filed twice.
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

void GrowingRegistry::put(Allocation allocation) {
  const auto* before = registry_.find(allocation.service);
  const bool is_filed = before != nullptr && before->endpoint.ports == allocation.endpoint.ports;
  const auto& now = registry_.put(std::move(allocation));
  if (!is_filed) file(now);
}

void GrowingRegistry::file(const Allocation& allocation) {
  by_port_.add(allocation.endpoint.ports, allocations_.size());
  allocations_.push_back(&allocation);
}

}  // namespace berth
