#include "app/register.h"

#include <algorithm>
#include <utility>

#include "app/looking_glass.h"
#include "core/conflict.h"
#include "core/quote.h"
#include "core/spec.h"

namespace berth::app {
namespace {

// Whatever an existing file has is a name; `is_registered` tells whether it has this one.
template <typename IsRegistered>
std::expected<void, Error> check_name(const Request& request, IsRegistered is_registered) {
  auto checked = check_service_name(request.service);
  if (checked || is_registered()) return {};
  return std::unexpected(in_line(request.line, std::move(checked).error()));
}

std::expected<void, Error> check_names(std::span<const Request> requests, const Registry& registry) {
  for (const auto& request : requests) {
    const auto is_registered = [&] { return registry.find(request.service) != nullptr; };
    if (auto checked = check_name(request, is_registered); !checked) return checked;
  }
  return {};
}

std::expected<Outcome, Error> decide_on(Registry registry, std::span<const Request> requests, LookingGlass& glass,
                                        const Context& context) {
  if (auto checked = check_names(requests, registry); !checked) return std::unexpected(checked.error());
  glass.survey(requests);
  return decide(std::move(registry), requests, glass.sight(), context.now());
}

store::Change change_to(Registry registry, const std::vector<Decision>& decisions) {
  store::Change change{std::move(registry), {}};
  change.records.reserve(decisions.size());
  for (const auto& decision : decisions) {
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
    const auto is_registered = [&] { return entry->allocation.has_value(); };
    if (auto checked = check_name(requests.front(), is_registered); !checked) {
      return std::unexpected(std::move(checked).error());
    }
    if (!entry->allocation) return std::nullopt;
    auto kept = keep_at_once(requests.front(), *entry->allocation, entry->owners_recorded, glass.sight());
    if (kept) return Decisions{std::move(*kept)};
  }
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  if (auto checked = check_names(requests, *registry); !checked) return std::unexpected(std::move(checked).error());
  const auto is_new = [&](const Request& request) { return registry->find(request.service) == nullptr; };
  if (std::ranges::all_of(requests, is_new)) return std::nullopt;
  if (needs_owners(*registry)) glass.look_ahead(requests);
  auto plan = decide_on(std::move(*registry), requests, glass, context);
  if (!plan) return std::unexpected(std::move(plan).error());
  if (plan->changes()) return std::nullopt;
  return std::move(plan->decisions);
}

// Said once, with the first port that was given out in spite of it.
void tell_blind_spots(std::vector<Decision>& decisions, const LookingGlass& glass) {
  const auto is_given = [](const Decision& decision) { return decision.choice != Choice::kept; };
  const auto first = std::ranges::find_if(decisions, is_given);
  if (first == decisions.end()) return;
  for (const auto& spot : glass.blind_spots()) {
    if (spot.hides_holders) first->notes.push_back("not seen: " + escape(spot.why));
  }
}

}  // namespace

std::expected<Outcome, Error> plan_registration(const Context& context, std::span<const Request> requests) {
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  LookingGlass glass(context.machine);
  glass.look_ahead(requests);
  auto outcome = decide_on(std::move(*registry), requests, glass, context);
  if (outcome) tell_blind_spots(outcome->decisions, glass);
  return outcome;
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
    const bool changes = outcome->changes();
    decisions = std::move(outcome->decisions);
    if (!changes) return std::nullopt;
    return change_to(std::move(outcome->registry), decisions);
  };
  if (auto revision = context.store.update(context.author(), mutate); !revision) {
    return std::unexpected(std::move(revision).error());
  }
  tell_blind_spots(decisions, glass);
  return decisions;
}

std::expected<std::vector<Decision>, Error> next_ports(const Context& context, const Endpoint& preferred,
                                                       std::optional<PortRange> within, unsigned count) {
  const auto registry = context.store.read();
  if (!registry) return std::unexpected(registry.error());
  LookingGlass glass(context.machine);
  glass.survey(preferred, count);
  auto decisions = choose_next(*registry, preferred, within, count, glass.sight());
  if (decisions) tell_blind_spots(*decisions, glass);
  return decisions;
}

}  // namespace berth::app
