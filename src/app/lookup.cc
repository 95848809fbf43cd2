#include "app/lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/coverage.h"
#include "core/spec.h"

namespace berth::app {

namespace {

// Every endpoint that is registered, and what lies between them: a server may have thousands of sockets elsewhere.
Endpoint all_of(const Registry& registry) {
  auto all = registry.allocations().begin()->second.endpoint;
  for (const auto& [service, allocation] : registry.allocations()) all = united(all, allocation.endpoint);
  all.address = {};
  return all;
}

}  // namespace

std::expected<std::optional<Allocation>, Error> find_allocation(const Context& context, std::string_view service) {
  auto entry = context.store.find(service);
  if (!entry) return std::unexpected(std::move(entry).error());
  return std::move(entry->allocation);
}

std::expected<Listing, Error> list_allocations(const Context& context, std::span<const std::string> services) {
  auto read = context.store.read();
  if (!read) return std::unexpected(std::move(read).error());
  Listing listing{std::move(*read), {}, {}};
  const auto& registry = listing.registry;
  for (const auto& service : services) {
    if (registry.find(service) == nullptr) return std::unexpected(not_registered(service, registry));
  }
  if (registry.allocations().empty()) return listing;
  auto census = context.machine.census(
      {.about = all_of(registry),
       .listeners_only = !has_contests(registry),
       .owners = needs_owners(registry),
       .sources = needs_containers(registry) ? inspect::Sources::all : inspect::Sources::sockets});
  const auto states = states_of(registry, census);
  listing.blind_spots = std::move(census.blind_spots);
  listing.rows.reserve(states.size());
  std::size_t row = 0;
  for (const auto& [service, allocation] : registry.allocations()) {
    const auto state = states[row++];
    if (!services.empty() && std::ranges::find(services, service) == services.end()) continue;
    listing.rows.push_back({&allocation, state});
  }
  return listing;
}

Error not_registered(std::string_view service, const Registry& registry) {
  std::vector<std::string_view> names;
  names.reserve(registry.allocations().size());
  for (const auto& [name, allocation] : registry.allocations()) {
    if (!name.empty()) names.push_back(name);
  }
  const auto near = nearest(service, names);
  return {ErrorCode::negative, fmt::format("service {} is not registered", quote(service)),
          near ? fmt::format("did you mean {}?", escape(*near)) : ""};
}

}  // namespace berth::app
