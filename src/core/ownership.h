// Whose is it? What is in use compared with what is recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy.h"

namespace berth {

// How the ports of an allocation are used at this moment.
struct Use {
  bool in_use = false;
  // Known to be the service's own; known to be somebody else's. Neither: cannot be told apart.
  bool own = false;
  bool foreign = false;
  // The holder, as far as it was asked for; escaped.
  std::string who = {};
};

// Whether the holder is known to be what another service's allocation belongs to.
bool is_another_services(const Holder& holder, const Allocation& allocation, const Registry& registry);

// A holder is foreign if it contested the allocation, if its owner differs from the recorded one, or if it is another
// service's. nullopt: cannot be told.
std::optional<bool> is_foreign(const Holder& holder, const Allocation& allocation, const Registry& registry);

// Whether a bind of any of the ports is refused because of others.
bool is_in_use(const Endpoint& endpoint, const Sight& sight);

// Asks who the holders are only if the registry knows anybody to compare them with.
Use use_of(const Allocation& allocation, const Registry& registry, const Sight& sight);

// Who is in the way of a bind that was refused; nullopt if it is taken to be the service itself, which has `own`.
std::optional<std::vector<Holder>> in_the_way(const Endpoint& endpoint, const Probe& probe,
                                              const std::optional<Endpoint>& own, const Sight& sight);

// What speaks against giving one port to a service.
struct Obstacle {
  Probe probe;
  std::vector<Holder> holders;
};

struct Clearance {
  std::optional<Obstacle> obstacle = {};
  // Who has the port already, and is the service: its unit or container is called so.
  Owner owner = {};
};

// Asks for a probe and for those who take a port without a socket. `service` and what has `own` are in nobody's way.
Clearance clear(const Endpoint& endpoint, std::optional<std::string_view> service, const std::optional<Endpoint>& own,
                const Sight& sight);

// "port 8080/tcp is held by nginx (pid 812, ...)", escaped.
std::string in_use_by(const Endpoint& endpoint, const std::vector<Holder>& holders);

// The holder that a fixed port has to wait for; nullopt if there are only connections, which end by themselves.
std::optional<Contest> contest_with(const std::vector<Holder>& holders);
// Whether `holder` is the one that the allocation was contested by.
bool contests(const Holder& holder, const Contest& contest);

}  // namespace berth
