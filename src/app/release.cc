#include "app/release.h"

#include <functional>
#include <set>
#include <utility>

#include "app/lookup.h"

namespace berth::app {
namespace {

using Names = std::function<std::vector<std::string>(const Registry&)>;

std::expected<std::vector<Allocation>, Error> release(const Context& context, const Names& names) {
  std::vector<Allocation> released;
  const auto mutate = [&](Registry registry) -> std::expected<std::optional<store::Change>, Error> {
    released.clear();
    store::Change change{std::move(registry), {}};
    for (const auto& service : names(change.registry)) {
      const auto* allocation = change.registry.find(service);
      if (allocation == nullptr) return std::unexpected(not_registered(service, change.registry));
      released.push_back(*allocation);
      change.records.push_back({*allocation, std::nullopt});
      change.registry.erase(service);
    }
    if (change.records.empty()) return std::nullopt;
    return change;
  };
  if (auto revision = context.store.update(context.author(), mutate); !revision) {
    return std::unexpected(std::move(revision).error());
  }
  return released;
}

}  // namespace

std::expected<std::vector<Allocation>, Error> release_services(const Context& context,
                                                               std::span<const std::string> services) {
  const std::set<std::string> names(services.begin(), services.end());
  return release(context, [&](const Registry&) { return std::vector(names.begin(), names.end()); });
}

std::expected<std::vector<Allocation>, Error> release_all(const Context& context) {
  return release(context, [](const Registry& registry) {
    std::vector<std::string> names;
    for (const auto& [service, allocation] : registry.allocations()) names.push_back(service);
    return names;
  });
}

}  // namespace berth::app
