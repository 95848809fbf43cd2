#include "core/conflict.h"

#include <algorithm>

#include "core/holder_index.h"
#include "core/ownership.h"

namespace berth {
namespace {

// Who contested a port makes it a conflict; else its own holder outweighs every other.
State state_of(const Allocation& allocation, const Registry& registry, const std::vector<const Holder*>& holders,
               bool compare) {
  auto state = State::idle;
  bool own = false;
  for (const auto* holder : holders) {
    if (!claims(*holder) || holder->state == HolderState::declared || holder->state == HolderState::configured)
      continue;
    if (allocation.contest && contests(*holder, *allocation.contest)) return State::conflict;
    // What is bound and nothing else serves nobody.
    if (holder->state == HolderState::bound) continue;
    if (state == State::idle) state = State::listening;
    if (!compare) continue;
    const auto foreign = is_foreign(*holder, allocation, registry);
    if (foreign && !*foreign) own = true;
    if (!foreign.value_or(false) || state == State::conflict) continue;
    state = is_another_services(*holder, allocation, registry) ? State::conflict : State::drift;
  }
  return own ? State::listening : state;
}

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::listening:
      return "listening";
    case State::idle:
      return "idle";
    case State::conflict:
      return "conflict";
    case State::drift:
      return "drift";
    case State::unknown:
      return "unknown";
  }
  return "";
}

std::vector<State> states_of(const Registry& registry, const Census& census) {
  const Occupied occupied(registry);
  const HolderIndex holders(census.holders);
  const bool compare = needs_owners(registry);
  const bool blind = std::ranges::any_of(census.blind_spots, [](const BlindSpot& spot) {
    return spot.source == to_string(Source::socket) && spot.hides_holders;
  });
  std::vector<State> states;
  states.reserve(registry.allocations().size());
  for (const auto& [service, allocation] : registry.allocations()) {
    if (occupied.find(allocation.endpoint, service) != nullptr) {
      states.push_back(State::conflict);
      continue;
    }
    const auto state = state_of(allocation, registry, holders.overlapping(allocation.endpoint), compare);
    states.push_back(state == State::idle && blind ? State::unknown : state);
  }
  return states;
}

bool has_contests(const Registry& registry) {
  return std::ranges::any_of(registry.allocations(),
                             [](const auto& entry) { return entry.second.contest.has_value(); });
}

bool needs_containers(const Registry& registry) {
  return std::ranges::any_of(registry.allocations(), [](const auto& entry) {
    const auto is_container = [](const Owner& owner) {
      return owner.kind == Owner::Kind::container || owner.kind == Owner::Kind::compose;
    };
    const auto& [service, allocation] = entry;
    return is_container(allocation.owner) || (allocation.contest && is_container(allocation.contest->owner));
  });
}

bool needs_owners(const Registry& registry) {
  return std::ranges::any_of(registry.allocations(),
                             [](const auto& entry) { return entry.second.owner || entry.second.contest.has_value(); });
}

}  // namespace berth
