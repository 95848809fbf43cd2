#include "core/registry.h"

#include <utility>

namespace berth {

const Allocation* Registry::find(std::string_view service) const {
  const auto found = allocations_.find(service);
  return found == allocations_.end() ? nullptr : &found->second;
}

std::vector<const Allocation*> Registry::overlapping(const Endpoint& endpoint,
                                                     std::optional<std::string_view> except) const {
  std::vector<const Allocation*> found;
  for (const auto& [service, allocation] : allocations_) {
    if (overlap(allocation.endpoint, endpoint) && service != except) found.push_back(&allocation);
  }
  return found;
}

const Allocation& Registry::put(Allocation allocation) {
  auto service = allocation.service;
  return allocations_.insert_or_assign(std::move(service), std::move(allocation)).first->second;
}

void Registry::append(Allocation allocation) {
  auto service = allocation.service;
  allocations_.insert_or_assign(allocations_.end(), std::move(service), std::move(allocation));
}

bool Registry::erase(std::string_view service) {
  const auto found = allocations_.find(service);
  if (found == allocations_.end()) return false;
  allocations_.erase(found);
  return true;
}

}  // namespace berth
