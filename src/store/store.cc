#include "store/store.h"

namespace berth::store {

Entry entry_of(const Registry& registry, std::string_view service) {
  Entry entry;
  if (const auto* allocation = registry.find(service)) entry.allocation = *allocation;
  entry.owners_recorded = registry.has_owners();
  return entry;
}

}  // namespace berth::store
