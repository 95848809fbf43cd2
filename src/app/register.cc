#include "app/register.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "app/looking_glass.h"
#include "core/spec.h"

namespace berth::app {
namespace {

// From so many requests on, one census is cheaper than a probe for each.
constexpr std::size_t survey_from = 8;

std::expected<void, Error> check_names(std::span<const Request> requests, const Registry& registry) {
  for (const auto& request : requests) {
    // Whatever an existing file has is a name.
    if (registry.find(request.service) != nullptr) continue;
    if (auto checked = check_service_name(request.service); !checked) return checked;
  }
  return {};
}

std::expected<Outcome, Error> decide_on(Registry registry, std::span<const Request> requests, LookingGlass& glass,
                                        const Context& context) {
  if (auto checked = check_names(requests, registry); !checked) return std::unexpected(checked.error());
  if (requests.size() >= survey_from) glass.survey(requests);
  return decide(std::move(registry), requests, glass.sight(), context.now());
}

store::Change change_of(Outcome outcome) {
  store::Change change{std::move(outcome.registry), {}};
  for (const auto& decision : outcome.decisions) {
    if (!decision.changes()) continue;
    change.records.push_back(
        {decision.allocation.service, decision.before, decision.allocation, decision.choice, decision.skipped});
  }
  return change;
}

using Decisions = std::vector<Decision>;

// What needs no lock: services that ask for what they have. Nullopt if anything must be written.
std::expected<std::optional<Decisions>, Error> keep_all(const Context& context, std::span<const Request> requests,
                                                        LookingGlass& glass) {
  if (requests.size() == 1) {
    const auto entry = context.store.find(requests.front().service);
    if (!entry) return std::unexpected(entry.error());
    if (!entry->allocation) return std::nullopt;
    auto kept = keep_at_once(requests.front(), *entry->allocation, entry->owners_recorded, glass.sight());
    if (kept) return Decisions{std::move(*kept)};
  }
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  const auto is_new = [&](const Request& request) { return registry->find(request.service) == nullptr; };
  if (std::ranges::any_of(requests, is_new)) return std::nullopt;
  auto plan = decide_on(std::move(*registry), requests, glass, context);
  if (!plan) return std::unexpected(std::move(plan).error());
  if (plan->changes()) return std::nullopt;
  return std::move(plan->decisions);
}

}  // namespace

std::expected<Outcome, Error> plan_registration(const Context& context, std::span<const Request> requests) {
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  LookingGlass glass(context.machine);
  return decide_on(std::move(*registry), requests, glass, context);
}

std::expected<Decisions, Error> register_services(const Context& context, std::span<const Request> requests) {
  LookingGlass glass(context.machine);
  auto kept = keep_all(context, requests, glass);
  if (!kept) return std::unexpected(std::move(kept).error());
  if (*kept) return *std::move(*kept);

  glass.look_ahead(requests);
  glass.hurry();
  Decisions decisions;
  const auto mutate = [&](Registry latest) -> std::expected<std::optional<store::Change>, Error> {
    auto outcome = decide_on(std::move(latest), requests, glass, context);
    if (!outcome) return std::unexpected(std::move(outcome).error());
    decisions = outcome->decisions;
    if (!outcome->changes()) return std::nullopt;
    return change_of(std::move(*outcome));
  };
  if (auto revision = context.store.update(context.author(), mutate); !revision) {
    return std::unexpected(std::move(revision).error());
  }
  return decisions;
}

std::expected<std::vector<Decision>, Error> next_ports(const Context& context, const Endpoint& preferred,
                                                       std::optional<PortRange> within, unsigned count) {
  std::vector<Request> requests;
  // Blanks keep the names apart from every service's.
  for (unsigned index = 0; index < count; ++index) {
    requests.push_back({fmt::format(" {}", index), preferred, Kind::flexible, within});
  }
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  LookingGlass glass(context.machine);
  if (count >= survey_from) glass.survey(requests);
  auto outcome = decide(std::move(*registry), requests, glass.sight(), context.now());
  if (!outcome) return std::unexpected(std::move(outcome).error());
  return std::move(outcome->decisions);
}

}  // namespace berth::app
