#include "store/store.h"

#include <algorithm>

namespace berth::store {

Entry entry_of(const Registry& registry, std::string_view service) {
  Entry entry;
  if (const auto* allocation = registry.find(service)) entry.allocation = *allocation;
  entry.owners_recorded =
      std::ranges::any_of(registry.allocations(), [](const auto& other) { return bool{other.second.owner}; });
  return entry;
}

}  // namespace berth::store
