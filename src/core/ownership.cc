#include "core/ownership.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/attribution.h"
#include "core/quote.h"

namespace berth {
namespace {

// "keycloak" of "keycloak/admin", which is another port of the same service.
std::string_view first_word(std::string_view service) { return service.substr(0, service.find('/')); }

bool contains(Protocol all, Protocol some) { return (static_cast<unsigned>(some) & ~static_cast<unsigned>(all)) == 0; }

}  // namespace

bool is_another_services(const Holder& holder, const Allocation& allocation, const Registry& registry) {
  return std::ranges::any_of(registry.allocations(), [&](const auto& entry) {
    const auto& [service, other] = entry;
    // An executable alone does not tell two services apart: many are run by one interpreter.
    return other.owner.kind != Owner::Kind::exe && first_word(service) != first_word(allocation.service) &&
           is_owned_by(holder, other.owner).value_or(false);
  });
}

std::optional<bool> is_foreign(const Holder& holder, const Allocation& allocation, const Registry& registry) {
  if (!claims(holder)) return std::nullopt;
  const bool contested = allocation.contest && *allocation.contest != Contest{};
  if (contested && contests(holder, *allocation.contest)) return true;
  if (const auto own = is_owned_by(holder, allocation.owner)) return !*own;
  if (is_another_services(holder, allocation, registry)) return true;
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
  const bool comparable = allocation.contest || registry.has_owners();
  if (!comparable) return use;
  const auto holders = sight.holders(allocation.endpoint);
  for (const auto& holder : holders) {
    const auto foreign = is_foreign(holder, allocation, registry);
    if (foreign.value_or(false) && !use.foreign) {
      use.foreign = true;
      use.who = escape(describe(holder));
    }
    if (foreign && !*foreign) use.own = true;
  }
  if (use.own) use.foreign = false;
  if (use.who.empty() && !holders.empty()) use.who = escape(describe(holders.front()));
  return use;
}

std::optional<std::vector<Holder>> in_the_way(const Endpoint& endpoint, const Probe& probe,
                                              const std::optional<Endpoint>& own, const Sight& sight) {
  const bool may_be_own = probe.result == Probe::Result::in_use && own && overlap(*own, endpoint);
  const bool is_all_own = may_be_own && own->address == endpoint.address && contains(own->protocol, endpoint.protocol);
  if (is_all_own) return std::nullopt;
  auto holders = sight.holders(endpoint);
  if (!may_be_own) return holders;
  // The service asks for more than it has: somebody else may have the rest.
  std::erase_if(holders, [&](const Holder& holder) { return overlap(holder.endpoint, *own); });
  if (holders.empty()) return std::nullopt;
  return holders;
}

Clearance clear(const Endpoint& endpoint, std::optional<std::string_view> service, const std::optional<Endpoint>& own,
                const Sight& sight) {
  Obstacle obstacle{sight.probe(endpoint), {}};
  if (obstacle.probe.result == Probe::Result::bindable) {
    // Who is where the service is already cannot be told from it.
    if (!own || !overlap(*own, endpoint)) obstacle.holders = sight.hidden(endpoint);
    std::erase_if(obstacle.holders, [](const Holder& holder) { return !takes_without_socket(holder); });
    if (obstacle.holders.empty()) return {};
  } else {
    auto holders = in_the_way(endpoint, obstacle.probe, own, sight);
    if (!holders) return {};
    obstacle.holders = std::move(*holders);
  }
  const auto is_service = [&](const Holder& holder) {
    return service && claims(holder) && is_named_after(holder, *service);
  };
  const auto itself = std::ranges::find_if(obstacle.holders, is_service);
  if (itself == obstacle.holders.end()) return {std::move(obstacle)};
  const auto owner = owner_of(*itself);
  std::erase_if(obstacle.holders, [&](const Holder& holder) { return is_service(holder) || !claims(holder); });
  if (obstacle.holders.empty()) return {std::nullopt, owner};
  return {std::move(obstacle)};
}

std::string in_use_by(const Endpoint& endpoint, const std::vector<Holder>& holders) {
  std::string who;
  for (const auto& holder : without_echoes(holders)) {
    const auto text = escape(describe(holder));
    if (who.contains(text)) continue;
    if (!who.empty()) who.append(", ");
    who.append(text);
  }
  return fmt::format("port {} is held by {}", to_string(endpoint), who.empty() ? "something that cannot be seen" : who);
}

std::optional<Contest> contest_with(const std::vector<Holder>& holders) {
  if (holders.empty()) return Contest{};
  const auto holder = std::ranges::find_if(holders, claims);
  if (holder == holders.end()) return std::nullopt;
  return Contest{owner_of(*holder), holder->pid.value_or(0), holder->started};
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
