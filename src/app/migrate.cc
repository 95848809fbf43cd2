#include "app/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "core/holder_index.h"
#include "core/ownership.h"
#include "core/quote.h"
#include "core/spec.h"

namespace berth::app {
namespace {

// Plans one take-over after the other over a working copy, so that two that are found cannot have one endpoint.
class Planner {
 public:
  Planner(Registry registry, const Census& census, std::string now)
      : registry_(std::move(registry)), index_(census.holders), now_(std::move(now)) {}

  void take_over(Allocation found, std::string because) {
    auto change = plan_take_over(registry_, std::move(found), std::move(because));
    if (change.what == PlannedChange::What::add) registry_.put(change.allocation);
    plan_.changes.push_back(std::move(change));
  }

  void take_over_file(const Registry& source, const std::string& name, std::string_view because) {
    for (const auto& [service, allocation] : source.allocations()) {
      found_.push_back(
          {{.source = "registry", .file = name, .endpoint = allocation.endpoint, .owner = allocation.owner}, service});
      auto taken = allocation;
      if (taken.since.empty()) taken.since = now_;
      take_over(std::move(taken), std::string(because));
    }
  }

  std::expected<void, Error> take_over_running(const Running& running) {
    if (auto checked = check_service_name(running.service); !checked && registry_.find(running.service) == nullptr) {
      return checked;
    }
    const auto* holder = listener(running.endpoint);
    if (holder == nullptr) {
      return std::unexpected(Error{
          ErrorCode::unseen,
          fmt::format("nothing listens on {}, so it cannot be {}", to_string(running.endpoint), quote(running.service)),
          fmt::format("start it first; or register it: berth register {} {} fixed", operand(running.service),
                      to_string(running.endpoint))});
    }
    // What runs must never be moved.
    Allocation found{running.service, running.endpoint, Kind::fixed, std::nullopt, now_, owner_of(*holder)};
    take_over(std::move(found), describe(*holder) + " listens there");
    return {};
  }

  // All else, under the names that it has where it was found.
  Migration take_over_rest(const std::vector<Claim>& there, const Discovery& discovery, Reach reach) {
    auto rest = ::berth::take_over(registry_.registry(), there, discovery, reach, now_);
    complete(rest);
    std::ranges::move(rest.plan.changes, std::back_inserter(plan_.changes));
    std::ranges::move(rest.found, std::back_inserter(found_));
    return {std::move(found_), std::move(plan_)};
  }

 private:
  const Holder* listener(const Endpoint& endpoint) const {
    for (const auto* holder : index_.overlapping(endpoint)) {
      if (claims(*holder)) return holder;
    }
    return nullptr;
  }

  // An old registry knows names and ports; who has them, and whether he is there, is seen. Then it is one change.
  void complete(TakeOver& rest) {
    std::map<std::string_view, PlannedChange*> added;
    for (auto& change : plan_.changes) {
      if (change.what == PlannedChange::What::add) added.emplace(change.allocation.service, &change);
    }
    std::map<std::string_view, const Found*> seen;
    for (const auto& [found, service] : rest.found) seen.emplace(service, &found);
    std::erase_if(rest.plan.changes, [&](const PlannedChange& kept) {
      const auto change = added.find(kept.allocation.service);
      if (kept.what != PlannedChange::What::keep || change == added.end()) return false;
      const auto who = seen.find(kept.allocation.service);
      if (who != seen.end()) add_to(*change->second, *who->second);
      return kept.match != PlannedChange::Match::part;
    });
  }

  static void add_to(PlannedChange& change, const Found& seen) {
    auto& allocation = change.allocation;
    if (!allocation.owner) allocation.owner = seen.owner;
    if (seen.state == Found::State::running) allocation.kind = Kind::fixed;
    const auto why = seen.file.empty() ? seen.raw : claim_of(seen).because;
    if (why != change.because) change.because.append("; ").append(why);
  }

  GrowingRegistry registry_;
  const HolderIndex index_;
  std::string now_;
  std::vector<NamedFinding> found_;
  Plan plan_;
};

// What the plan says of `registry`, which may have changed since it was made.
PlannedChange brought_up_to_date(const PlannedChange& planned, const GrowingRegistry& registry) {
  using enum PlannedChange::What;
  const auto& allocation = planned.allocation;
  if (planned.what == add) return plan_take_over(registry, allocation, planned.because);
  if (planned.what != keep) return planned;
  const auto* current = registry.find(allocation.service);
  if (current != nullptr && overlap(current->endpoint, allocation.endpoint)) return planned;
  return {skip, allocation, "its registration was changed while this was planned; berth migrate once more looks again"};
}

// A registry in an old format has no revision; its first commit gives it the present form.
bool has_old_format(const Registry& registry) { return registry.revision == 0 && !registry.allocations().empty(); }

}  // namespace

std::expected<Migration, Error> plan_migration(const Context& context, const MigrationRequest& request) {
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  const auto census =
      context.machine.census({.listeners_only = true, .owners = true, .sources = inspect::Sources::all});
  // The registry's own file, when it has an old format, is a source like any other.
  const bool old = has_old_format(*registry);
  Planner planner(old ? Registry{} : *registry, census, context.now());
  if (old) planner.take_over_file(*registry, context.store.name(), "in the old registry");
  for (auto* source : request.sources) {
    const auto found = source->read();
    if (!found) return std::unexpected(found.error());
    planner.take_over_file(*found, source->name(), "in " + source->name());
  }
  for (const auto& running : request.running) {
    if (auto taken = planner.take_over_running(running); !taken) return std::unexpected(std::move(taken).error());
  }
  const Discovery nothing;
  const auto& discovery = request.discovery != nullptr ? *request.discovery : nothing;
  auto migration = planner.take_over_rest(claims_of(census, context.machine.kernel_ranges()), discovery,
                                          request.whole_machine ? Reach::everything : Reach::files);
  const auto matters = [&](const BlindSpot& spot) {
    return request.whole_machine || (spot.hides_holders && !discovery.found.empty());
  };
  std::ranges::copy_if(census.blind_spots, std::back_inserter(migration.blind_spots), matters);
  return migration;
}

std::expected<Plan, Error> apply_migration(const Context& context, const Plan& plan) {
  Plan applied;
  const auto mutate = [&](Registry registry) -> std::expected<std::optional<store::Change>, Error> {
    applied.changes.clear();
    const bool old = has_old_format(registry);
    GrowingRegistry growing(std::move(registry));
    std::vector<store::Record> records;
    for (const auto& planned : plan.changes) {
      const bool is_there = old && growing.find(planned.allocation.service) != nullptr;
      applied.changes.push_back(is_there ? planned : brought_up_to_date(planned, growing));
      const auto& result = applied.changes.back();
      if (result.what != PlannedChange::What::add) continue;
      growing.put(result.allocation);
      records.push_back({std::nullopt, result.allocation});
    }
    if (records.empty()) return std::nullopt;
    return store::Change{std::move(growing).take(), std::move(records)};
  };
  if (auto revision = context.store.update(context.author(), mutate); !revision) {
    return std::unexpected(std::move(revision).error());
  }
  return applied;
}

}  // namespace berth::app
