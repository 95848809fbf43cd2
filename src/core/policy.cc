#include "core/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/browser_ports.h"
#include "core/candidates.h"
#include "core/namesake.h"
#include "core/occupied.h"
#include "core/ownership.h"
#include "core/spec.h"

namespace berth {
namespace {

Kind kind_of(const Request& request, const Allocation* current) {
  return request.kind.value_or(current != nullptr ? current->kind : Kind::flexible);
}

std::expected<void, Error> check_within(PortRange ports, std::optional<PortRange> within) {
  if (!within || within->contains(ports)) return {};
  return std::unexpected(Error{ErrorCode::usage,
                               fmt::format("port {} lies outside of --within {}", to_string(ports), to_string(*within)),
                               fmt::format("ask for a port inside, such as {}", within->first)});
}

bool same_shape(const Request& request, const Allocation& current) {
  return request.endpoint.protocol == current.endpoint.protocol &&
         request.endpoint.address == current.endpoint.address &&
         request.endpoint.ports.size() == current.endpoint.ports.size() &&
         (!request.within || request.within->contains(current.endpoint.ports));
}

bool asks_for_the_same(const Request& request, const Allocation& current) {
  // A fixed port that somebody has edited by hand is not the one that was asked for.
  const bool is_where_asked = current.kind == Kind::flexible || request.endpoint.ports == current.endpoint.ports;
  return same_shape(request, current) && request.endpoint.ports.first == current.preferred && is_where_asked &&
         kind_of(request, &current) == current.kind;
}

Decision keep(const Allocation& current, const Use& use) {
  Decision decision{Choice::kept, current};
  if (use.foreign) {
    decision.warnings.push_back(
        fmt::format("port {} is held by {}, not by {}", to_string(current.endpoint), use.who, escape(current.service)));
  } else if (use.in_use && !use.own) {
    decision.notes.push_back(fmt::format("port {} is in use{}; taken to be {} itself", to_string(current.endpoint),
                                         use.who.empty() ? "" : " by " + use.who, escape(current.service)));
  }
  return decision;
}

void warn_of_odd_port(Decision& decision, const KernelRanges& kernel) {
  const auto& endpoint = decision.allocation.endpoint;
  if (overlap(endpoint.protocol, Protocol::tcp)) {
    for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
      // Below 1024 the list is that of the well-known services, which are no web servers and are meant to be there.
      if (port < 1024 || !browsers_refuse(static_cast<Port>(port))) continue;
      decision.warnings.push_back(fmt::format("web browsers refuse port {}", port));
    }
  }
  const auto reserved =
      std::ranges::any_of(kernel.reserved, [&](const PortRange& range) { return range.contains(endpoint.ports); });
  if (kernel.ephemeral && overlap(*kernel.ephemeral, endpoint.ports) && !reserved) {
    decision.warnings.push_back(
        fmt::format("port {} lies in the ephemeral range {}: an outgoing connection may take it while the service is "
                    "down; add it to net.ipv4.ip_local_reserved_ports",
                    to_string(endpoint.ports), to_string(*kernel.ephemeral)));
  }
}

// One decision after the other over one working copy of the registry.
class Decider {
 public:
  Decider(Registry registry, const Sight& sight, std::string_view now)
      : registry_(std::move(registry)), sight_(sight), now_(now), occupied_(registry_) {}

  // `decision` is where the answer comes: empty before, and worth nothing after an error.
  std::expected<void, Error> decide(const Request& request, Decision& decision) {
    const auto place = registry_.locate(request.service);
    const auto* const current = place.allocation;
    auto decided = current ? decide_again(request, *current, decision) : decide_new(request, nullptr, decision);
    if (!decided) return decided;
    if (current) decision.before = *current;
    if (decision.changes()) {
      if (current) occupied_.remove(*current);
      occupied_.add(registry_.put(place, decision.allocation));
    }
    return {};
  }

  Registry take_registry() { return std::move(registry_); }

 private:
  using Result = std::expected<void, Error>;

  // Asking again is idempotent: nothing that works is moved.
  Result decide_again(const Request& request, const Allocation& current, Decision& decision) {
    if (asks_for_the_same(request, current)) {
      const auto use = use_of(current);
      if (use.foreign && current.kind == Kind::flexible) return move_away(request, current, decision);
      if (use.foreign && request.strict) {
        return refuse(request, fmt::format("port {} is held by {}", to_string(current.endpoint), use.who));
      }
      decision = keep(current, use);
      return {};
    }
    if (may_be_the_same(request, current)) {
      if (const auto use = use_of(current); use.in_use && !use.foreign) {
        decision = keep(current, use);
        decision.allocation.kind = Kind::flexible;
        decision.allocation.preferred = request.endpoint.ports.first;
        if (request.endpoint != current.endpoint) {
          decision.notes.push_back(
              fmt::format("it was taken over with {} and is running there; to move it: berth register {} {} fixed",
                          to_string(current.endpoint), operand(current.service), to_spec(request.endpoint)));
        }
        return {};
      }
    }
    return decide_new(request, &current, decision);
  }

  // What was taken over does not say which port had been preferred: the request may be the one that led to it.
  static bool may_be_the_same(const Request& request, const Allocation& current) {
    return !current.preferred && same_shape(request, current) && request.kind == Kind::flexible;
  }

  Use use_of(const Allocation& current) const { return ::berth::use_of(current, registry_, sight_); }

  Result move_away(const Request& request, const Allocation& current, Decision& decision) {
    auto found = find_flexible(request, &current, std::nullopt, decision);
    decision.choice = Choice::moved;
    return found;
  }

  Result decide_new(const Request& request, const Allocation* current, Decision& decision) {
    if (auto inside = check_within(request.endpoint.ports, request.within); !inside) {
      return std::unexpected(std::move(inside).error());
    }
    if (kind_of(request, current) == Kind::fixed) return take_fixed(request, current, decision);
    return find_flexible(request, current, own_endpoint(current), decision);
  }

  // Where a listener is taken to be the service's own.
  std::optional<Endpoint> own_endpoint(const Allocation* current) const {
    if (current == nullptr || use_of(*current).foreign) return std::nullopt;
    // Somebody had it when it was registered, and nobody knows whether he is gone.
    if (current->contest && *current->contest == Contest{}) return std::nullopt;
    return current->endpoint;
  }

  void allocate(Allocation& allocation, const Request& request, const Allocation* current, Kind kind,
                PortRange ports) const {
    if (current != nullptr) allocation = *current;
    allocation.service = request.service;
    allocation.endpoint = request.endpoint.at(ports);
    allocation.kind = kind;
    allocation.preferred = request.endpoint.ports.first;
    allocation.since = now_;
    allocation.contest.reset();
  }

  Result find_flexible(const Request& request, const Allocation* current, std::optional<Endpoint> own,
                       Decision& decision) const {
    const auto limit = request.within ? request.within->last : Port{65535};
    auto landing = walk({.preferred = request.endpoint, .limit = limit, .service = request.service, .own = own},
                        occupied_, sight_);
    if (!landing) return std::unexpected(std::move(landing).error());
    const bool preferred = landing->ports == request.endpoint.ports;
    decision.choice = preferred ? Choice::preferred : Choice::moved;
    allocate(decision.allocation, request, current, Kind::flexible, landing->ports);
    decision.skipped = std::move(landing->skipped);
    decision.warnings = std::move(landing->warnings);
    if (landing->owner) record_owner(decision, std::move(landing->owner));
    warn_of_odd_port(decision, sight_.kernel());
    if (const auto* other = preferred ? nullptr : namesake(request); other != nullptr) {
      decision.notes.push_back(advise_on_namesake(*other, request.service, true, is_in_use(other->endpoint, sight_)));
    }
    return {};
  }

  // Who has what is asked for, and may be the service itself under another name.
  const Allocation* namesake(const Request& request) const {
    const auto* other = occupied_.find(request.endpoint, request.service);
    return other != nullptr && may_be_called(*other, request.service) ? other : nullptr;
  }

  // Who has the port already, and is the service.
  static void record_owner(Decision& decision, Owner owner) {
    decision.notes.push_back(fmt::format("it is there already: {} {}", to_string(owner.kind), escape(owner.name)));
    decision.allocation.owner = std::move(owner);
  }

  Result take_fixed(const Request& request, const Allocation* current, Decision& decision) const {
    if (const auto* other = occupied_.find(request.endpoint, request.service)) {
      return refuse(request, fmt::format("port {} is allocated to {} ({}{})", to_string(request.endpoint),
                                         escape(other->service), to_string(other->kind),
                                         other->since.empty() ? "" : ", since " + escape(other->since.text())));
    }
    allocate(decision.allocation, request, current, Kind::fixed, request.endpoint.ports);
    const auto own = own_endpoint(current);
    for (unsigned port = request.endpoint.ports.first; port <= request.endpoint.ports.last; ++port) {
      const auto endpoint = request.endpoint.at(static_cast<Port>(port));
      auto clearance = clear(endpoint, request.service, own, sight_);
      if (clearance.owner) record_owner(decision, std::move(clearance.owner));
      if (!clearance.obstacle) continue;
      auto& [probe, holders] = *clearance.obstacle;
      if (auto settled = contest(request, endpoint, probe, std::move(holders), decision); !settled) {
        return std::unexpected(std::move(settled).error());
      }
    }
    warn_of_odd_port(decision, sight_.kernel());
    return {};
  }

  // A fixed port that is in use is recorded all the same (its operator is about to stop what uses it), unless strict.
  std::expected<void, Error> contest(const Request& request, const Endpoint& endpoint, const Probe& probe,
                                     std::vector<Holder> holders, Decision& decision) const {
    const auto verdict = judge({}, holders, probe).verdict;
    if (verdict == Verdict::unknown) {
      if (request.strict && probe.result == Probe::Result::failed) {
        return std::unexpected(
            Error{ErrorCode::unseen, fmt::format("cannot look at port {}: {}", to_string(endpoint), probe.why)});
      }
      // The same holds for every port of a range.
      if (decision.warnings.empty()) decision.warnings.push_back(probe.why);
      return {};
    }
    auto what = in_use_by(endpoint, holders);
    if (request.strict) {
      auto error = refuse(request, std::move(what)).error();
      error.holders = std::move(holders);
      return std::unexpected(std::move(error));
    }
    if (verdict == Verdict::draining) {
      decision.warnings.push_back(std::move(what));
      return {};
    }
    if (!decision.allocation.contest) decision.allocation.contest = contest_with(holders);
    decision.warnings.push_back(
        fmt::format("{}\n  1. stop what uses it\n  2. or let the service move: berth register {} {} flexible\n"
                    "  3. or give one of the two another port in its configuration",
                    what, operand(request.service), to_spec(request.endpoint)));
    return {};
  }

  // A refusal with the way out: what the same request would get if it were flexible.
  std::unexpected<Error> refuse(const Request& request, std::string message) const {
    Error error{ErrorCode::taken, std::move(message)};
    if (Decision other; find_flexible(request, nullptr, std::nullopt, other)) {
      error.hint = fmt::format("berth register {} {} flexible   would give {}", operand(request.service),
                               to_spec(request.endpoint), to_string(other.allocation.endpoint.ports));
    }
    if (const auto* other = namesake(request)) {
      error.hint.append(error.hint.empty() ? "" : "\n");
      error.hint.append(advise_on_namesake(*other, request.service, false, is_in_use(other->endpoint, sight_)));
    }
    return std::unexpected(std::move(error));
  }

  Registry registry_;
  const Sight& sight_;
  std::string_view now_;
  Occupied occupied_;
};

}  // namespace

std::string_view to_string(Choice choice) {
  switch (choice) {
    case Choice::kept:
      return "kept";
    case Choice::preferred:
      return "preferred";
    case Choice::moved:
      return "moved";
  }
  return "";
}

bool Outcome::changes() const {
  return std::ranges::any_of(decisions, [](const Decision& decision) { return decision.changes(); });
}

std::optional<Decision> keep_at_once(const Request& request, const Allocation& current, bool owners_recorded,
                                     const Sight& sight) {
  if (!asks_for_the_same(request, current)) return std::nullopt;
  const Use use{is_in_use(current.endpoint, sight)};
  if (use.in_use && (owners_recorded || current.contest)) return std::nullopt;
  auto decision = keep(current, use);
  decision.before = current;
  return decision;
}

std::expected<Outcome, Error> decide(Registry registry, std::span<const Request> requests, const Sight& sight,
                                     std::string_view now) {
  Decider decider(std::move(registry), sight, now);
  Outcome outcome;
  outcome.decisions.reserve(requests.size());
  for (const auto& request : requests) {
    auto decided = decider.decide(request, outcome.decisions.emplace_back());
    if (!decided) return std::unexpected(in_line(request.line, std::move(decided).error()));
  }
  outcome.registry = decider.take_registry();
  return outcome;
}

std::expected<std::vector<Decision>, Error> choose_next(const Registry& registry, const Endpoint& preferred,
                                                        std::optional<PortRange> within, unsigned count,
                                                        const Sight& sight) {
  if (auto inside = check_within(preferred.ports, within); !inside) return std::unexpected(inside.error());
  const Occupied occupied(registry);
  Walk next{.preferred = preferred, .limit = within ? within->last : Port{65535}};
  std::vector<Decision> decisions;
  while (decisions.size() < count) {
    auto landing = walk(next, occupied, sight);
    if (!landing) return std::unexpected(std::move(landing).error());
    const bool is_preferred = landing->ports == preferred.ports;
    Decision decision{is_preferred ? Choice::preferred : Choice::moved,
                      {.endpoint = preferred.at(landing->ports), .preferred = preferred.ports.first}};
    decision.skipped = std::move(landing->skipped);
    decision.warnings = std::move(landing->warnings);
    warn_of_odd_port(decision, sight.kernel());
    decisions.push_back(std::move(decision));
    if (landing->ports.last >= next.limit && decisions.size() < count) {
      return std::unexpected(Error{ErrorCode::exhausted, fmt::format("only {} of {} are left up to port {}",
                                                                     decisions.size(), count, next.limit)});
    }
    next.from = static_cast<Port>(landing->ports.last + 1);
  }
  return decisions;
}

}  // namespace berth
