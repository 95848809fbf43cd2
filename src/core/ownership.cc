#include "core/ownership.h"

#include <fmt/format.h>

#include <algorithm>

namespace berth {
bool claims(const Holder& holder) {
  return holder.state != HolderState::connection && holder.state != HolderState::draining;
}

std::optional<bool> is_foreign(const Holder& holder, const Allocation& allocation, const Registry& registry) {
  if (!claims(holder)) return std::nullopt;
  if (const auto own = is_owned_by(holder, allocation.owner)) return !*own;
  for (const auto& [service, other] : registry.allocations()) {
    if (service != allocation.service && is_owned_by(holder, other.owner).value_or(false)) return true;
  }
  return std::nullopt;
}

bool is_in_use(const Endpoint& endpoint, const Sight& sight) {
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    if (sight.probe(endpoint.at(static_cast<Port>(port))).result == Probe::Result::in_use) return true;
  }
  return false;
}

Use use_of(const Allocation& allocation, const Registry& registry, const Sight& sight) {
  Use use{is_in_use(allocation.endpoint, sight)};
  if (!use.in_use) return use;
  const bool comparable =
      std::ranges::any_of(registry.allocations(), [](const auto& entry) { return bool{entry.second.owner}; });
  if (!comparable) return use;
  const auto holders = sight.holders(allocation.endpoint);
  for (const auto& holder : holders) {
    const auto foreign = is_foreign(holder, allocation, registry);
    if (foreign.value_or(false) && !use.foreign) {
      use.foreign = true;
      use.who = describe(holder);
    }
    if (foreign && !*foreign) use.own = true;
  }
  if (use.own) use.foreign = false;
  if (use.who.empty() && !holders.empty()) use.who = describe(holders.front());
  return use;
}

std::string in_use_by(const Endpoint& endpoint, const std::vector<Holder>& holders) {
  std::string who;
  for (const auto& holder : holders) {
    const auto text = describe(holder);
    if (who.contains(text)) continue;
    if (!who.empty()) who.append(", ");
    who.append(text);
  }
  return fmt::format("port {} is held by {}", to_string(endpoint), who.empty() ? "something that cannot be seen" : who);
}

Contest contest_with(const std::vector<Holder>& holders) {
  const auto holder = std::ranges::find_if(holders, claims);
  if (holder == holders.end()) return {};
  return {owner_of(*holder), holder->pid.value_or(0), holder->started};
}

bool contests(const Holder& holder, const Contest& contest) {
  if (contest.pid != 0 && holder.pid == contest.pid && holder.started == contest.started) return true;
  // An executable alone does not tell two services apart: many are run by one interpreter.
  if (contest.owner && contest.owner.kind != Owner::Kind::exe) {
    return is_owned_by(holder, contest.owner).value_or(false);
  }
  return contest.pid == 0;
}

}  // namespace berth
