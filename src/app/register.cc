#include "app/register.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "app/looking_glass.h"
#include "core/conflict.h"
#include "core/quote.h"
#include "core/spec.h"

namespace berth::app {
namespace {

// A name that no service may be given, but that one of an existing file may have.
struct OddName {
  const Request* request;
  Error error;
};

// What is asked for; the names are looked at once.
struct Asked {
  explicit Asked(std::span<const Request> all) : requests(all) {
    for (const auto& request : all) {
      auto checked = check_service_name(request.service);
      if (!checked) odd_names.push_back({&request, in_line(request.line, std::move(checked).error())});
    }
  }

  // `is_registered` tells whether there is a service of that name.
  template <typename IsRegistered>
  std::expected<void, Error> check_names(IsRegistered is_registered) const {
    const auto refused =
        std::ranges::find_if_not(odd_names, [&](const OddName& odd) { return is_registered(odd.request->service); });
    if (refused == odd_names.end()) return {};
    return std::unexpected(refused->error);
  }
  std::expected<void, Error> check_names(const Registry& registry) const {
    return check_names([&](std::string_view service) { return registry.find(service) != nullptr; });
  }

  std::span<const Request> requests;
  std::vector<OddName> odd_names;
};

std::expected<Outcome, Error> decide_on(Registry registry, const Asked& asked, LookingGlass& glass,
                                        const Context& context) {
  if (auto checked = asked.check_names(registry); !checked) return std::unexpected(std::move(checked).error());
  glass.survey(asked.requests);
  return decide(std::move(registry), asked.requests, glass.sight(), context.now());
}

using Decisions = std::vector<Decision>;

// The records share the allocations with the decisions.
store::Change change_to(Registry registry, const std::shared_ptr<const Decisions>& decisions) {
  store::Change change{std::move(registry), {}};
  change.records.reserve(decisions->size());
  for (const auto& decision : *decisions) {
    if (!decision.changes()) continue;
    std::shared_ptr<const Allocation> after(decisions, &decision.allocation);
    change.records.push_back({decision.before, std::move(after), decision.choice, decision.skipped});
  }
  return change;
}

// What needs no lock: services that ask for what they have. Nullopt if anything must be written.
std::expected<std::optional<Decisions>, Error> keep_all(const Context& context, const Asked& asked,
                                                        LookingGlass& glass) {
  const auto& requests = asked.requests;
  if (requests.size() == 1) {
    const auto entry = context.store.find(requests.front().service);
    if (!entry) return std::unexpected(entry.error());
    const auto is_registered = [&](std::string_view) { return entry->allocation.has_value(); };
    if (auto checked = asked.check_names(is_registered); !checked) return std::unexpected(std::move(checked).error());
    if (!entry->allocation) return std::nullopt;
    auto kept = keep_at_once(requests.front(), *entry->allocation, entry->owners_recorded, glass.sight());
    if (kept) return Decisions{std::move(*kept)};
  }
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  if (auto checked = asked.check_names(*registry); !checked) return std::unexpected(std::move(checked).error());
  const auto is_new = [&](const Request& request) { return registry->find(request.service) == nullptr; };
  if (std::ranges::all_of(requests, is_new)) return std::nullopt;
  if (needs_owners(*registry)) glass.look_ahead(requests);
  auto plan = decide_on(std::move(*registry), asked, glass, context);
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
  auto outcome = decide_on(std::move(*registry), Asked(requests), glass, context);
  if (outcome) tell_blind_spots(outcome->decisions, glass);
  return outcome;
}

std::expected<Decisions, Error> register_services(const Context& context, std::span<const Request> requests) {
  const Asked asked(requests);
  LookingGlass glass(context.machine);
  auto kept = keep_all(context, asked, glass);
  if (!kept) return std::unexpected(std::move(kept).error());
  if (*kept) return *std::move(*kept);

  glass.look_ahead(requests);
  glass.hurry();
  std::shared_ptr<Decisions> decisions;
  const auto mutate = [&](Registry latest) -> std::expected<std::optional<store::Change>, Error> {
    auto outcome = decide_on(std::move(latest), asked, glass, context);
    if (!outcome) return std::unexpected(std::move(outcome).error());
    const bool changes = outcome->changes();
    decisions = std::make_shared<Decisions>(std::move(outcome->decisions));
    if (!changes) return std::nullopt;
    return change_to(std::move(outcome->registry), decisions);
  };
  if (auto revision = context.store.update(context.author(), mutate); !revision) {
    return std::unexpected(std::move(revision).error());
  }
  // A store that lies in memory keeps the records.
  const bool is_shared = decisions.use_count() > 1;
  auto answer = is_shared ? *decisions : std::move(*decisions);
  tell_blind_spots(answer, glass);
  return answer;
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
