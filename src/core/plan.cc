#include "core/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/coverage.h"
#include "core/quote.h"

namespace berth {
namespace {

bool has(const std::vector<PlannedChange>& changes, PlannedChange::What what) {
  return std::ranges::any_of(changes, [what](const PlannedChange& change) { return change.what == what; });
}

}  // namespace

std::string_view to_string(PlannedChange::What what) {
  switch (what) {
    case PlannedChange::What::add:
      return "add";
    case PlannedChange::What::keep:
      return "keep";
    case PlannedChange::What::conflict:
      return "conflict";
    case PlannedChange::What::skip:
      return "skip";
  }
  return "";
}

PlannedChange plan_take_over(const GrowingRegistry& registry, Allocation found, std::string because) {
  using enum PlannedChange::What;
  if (const auto* current = registry.find(found.service)) {
    if (covers(current->endpoint, found.endpoint)) {
      found.endpoint = current->endpoint;
      return {keep, std::move(found), "registered already"};
    }
    const auto advice =
        fmt::format("berth register {} {} would change that", operand(found.service), to_spec(found.endpoint));
    return {conflict, std::move(found),
            fmt::format("{}; but it is registered with {}: {}", because, to_string(current->endpoint), advice)};
  }
  if (const auto others = registry.overlapping(found.endpoint); !others.empty()) {
    const auto why = fmt::format("{}; but the port is allocated to {}: berth who {}", because,
                                 escape(others.front()->service), to_spec(found.endpoint));
    return {conflict, std::move(found), why};
  }
  return {add, std::move(found), std::move(because)};
}

bool Plan::adds() const { return has(changes, PlannedChange::What::add); }
bool Plan::has_conflicts() const { return has(changes, PlannedChange::What::conflict); }

}  // namespace berth
