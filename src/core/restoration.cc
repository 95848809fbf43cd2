#include "core/restoration.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/holder.h"
#include "core/holder_index.h"
#include "core/occupied.h"
#include "core/ownership.h"
#include "core/quote.h"

namespace berth {
namespace {

std::vector<Difference> differences(const Registry& latest, const Registry& goal) {
  std::vector<Difference> found;
  for (const auto& [service, allocation] : latest.allocations()) {
    const auto* after = goal.find(service);
    if (after == nullptr) {
      found.push_back({service, allocation, std::nullopt});
    } else if (*after != allocation) {
      found.push_back({service, allocation, *after});
    }
  }
  for (const auto& [service, allocation] : goal.allocations()) {
    if (latest.find(service) == nullptr) found.push_back({service, std::nullopt, allocation});
  }
  std::ranges::sort(found, {}, &Difference::service);
  return found;
}

bool gives_port(const Difference& change) {
  return change.after && (!change.before || change.before->endpoint != change.after->endpoint);
}

std::string as_flexible(const Allocation& allocation) {
  return fmt::format("berth register {} {} flexible", operand(allocation.service), to_spec(allocation.endpoint));
}

Error both_have(const Allocation& one, const Allocation& other) {
  return {ErrorCode::taken,
          fmt::format("{} and {} would both have port {}", escape(one.service), escape(other.service),
                      to_string(one.endpoint)),
          as_flexible(one) + "   instead gives it a port that is free"};
}

class RestorationPlanner {
 public:
  RestorationPlanner(const Registry& goal, const Census& census, bool strict)
      : goal_(goal), occupied_(goal), holders_(census.holders), strict_(strict) {}

  std::expected<void, Error> look_at(const Allocation& allocation, Restoration& plan) const {
    const auto& service = allocation.service;
    const auto& endpoint = allocation.endpoint;
    if (const auto* other = occupied_.find(endpoint, service)) return std::unexpected(both_have(allocation, *other));
    std::vector<Holder> foreign;
    std::vector<Holder> somebody;
    for (const auto* holder : holders_.overlapping(endpoint)) {
      if (!claims(*holder) || is_named_after(*holder, service)) continue;
      const auto verdict = is_foreign(*holder, allocation, goal_);
      if (!verdict) somebody.push_back(*holder);
      if (verdict.value_or(false)) foreign.push_back(*holder);
    }
    if (!foreign.empty()) return meet(allocation, std::move(foreign), plan);
    if (!somebody.empty()) {
      plan.notes.push_back(fmt::format("{}: {}, taken to be {} itself", escape(service), in_use_by(endpoint, somebody),
                                       escape(service)));
    }
    return {};
  }

 private:
  std::expected<void, Error> meet(const Allocation& allocation, std::vector<Holder> holders, Restoration& plan) const {
    auto what = fmt::format("{}: {}", escape(allocation.service), in_use_by(allocation.endpoint, holders));
    if (strict_) {
      return std::unexpected(
          Error{ErrorCode::taken, std::move(what), "stop what uses it, or go without --strict", std::move(holders)});
    }
    plan.warnings.push_back(
        fmt::format("{}\n  1. stop what uses it\n  2. or let the service move: {}", what, as_flexible(allocation)));
    return {};
  }

  const Registry& goal_;
  Occupied occupied_;
  HolderIndex holders_;
  bool strict_;
};

}  // namespace

std::expected<Restoration, Error> plan_restoration(const Registry& latest, const Registry& goal, const Census& census,
                                                   bool strict) {
  Restoration plan{differences(latest, goal)};
  const RestorationPlanner planner(goal, census, strict);
  for (const auto& change : plan.changes) {
    if (!gives_port(change)) continue;
    if (auto looked = planner.look_at(*change.after, plan); !looked) return std::unexpected(std::move(looked).error());
  }
  if (!std::ranges::any_of(plan.changes, gives_port)) return plan;
  for (const auto& spot : census.blind_spots) {
    if (spot.hides_holders) plan.notes.push_back("not seen: " + escape(spot.why));
  }
  return plan;
}

bool gives_ports(const Registry& latest, const Registry& goal) {
  return std::ranges::any_of(differences(latest, goal), gives_port);
}

}  // namespace berth
