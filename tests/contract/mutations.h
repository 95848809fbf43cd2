// Commits in one line, for the tests of stores.
#pragma once

#include <string>
#include <utility>

#include "store/store.h"

namespace berth::tests {

inline const store::Author author{"root", "register web 8080"};

inline Allocation make_allocation(std::string service, Port port) {
  Allocation allocation;
  allocation.service = std::move(service);
  allocation.endpoint.ports = {port, port};
  allocation.preferred = port;
  allocation.since = "2026-11-22T18:00:00Z";
  return allocation;
}

// Puts an allocation, whatever was there, with the record of it.
inline store::Mutation put(Allocation allocation) {
  return [allocation = std::move(allocation)](Registry registry) -> std::expected<std::optional<store::Change>, Error> {
    store::Record record{.before = {}, .after = allocation};
    if (const auto* before = registry.find(allocation.service)) record.before = *before;
    registry.put(allocation);
    return store::Change{std::move(registry), {std::move(record)}};
  };
}

inline store::Mutation put(std::string service, Port port) { return put(make_allocation(std::move(service), port)); }

inline store::Mutation erase(std::string service) {
  return [service = std::move(service)](Registry registry) -> std::expected<std::optional<store::Change>, Error> {
    store::Record record{.before = *registry.find(service), .after = {}};
    registry.erase(service);
    return store::Change{std::move(registry), {std::move(record)}};
  };
}

inline std::expected<std::optional<store::Change>, Error> change_nothing(const Registry&) { return std::nullopt; }

}  // namespace berth::tests
