// A registry that thousands are added to, each of which is compared with all that have a port already.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/port_index.h"
#include "core/registry.h"

namespace berth {

class GrowingRegistry {
 public:
  explicit GrowingRegistry(Registry registry);
  GrowingRegistry(const GrowingRegistry&) = delete;
  GrowingRegistry& operator=(const GrowingRegistry&) = delete;
  ~GrowingRegistry() = default;

  const Registry& registry() const { return registry_; }
  // All that it has become; nothing is asked or put afterwards.
  Registry take() && { return std::move(registry_); }

  // Null if the service has none.
  const Allocation* find(std::string_view service) const { return registry_.find(service); }
  // As Registry::overlapping, without looking at them all.
  std::vector<const Allocation*> overlapping(const Endpoint& endpoint) const;

  // Adds, or replaces the one of that service. Does not check for overlaps.
  void put(Allocation allocation);

 private:
  void file(const Allocation& allocation);

  Registry registry_;
  std::vector<const Allocation*> allocations_;
  PortIndex by_port_;
};

}  // namespace berth
