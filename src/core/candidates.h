// The walk from the preferred port upward to the first port that nothing speaks against.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/occupied.h"
#include "core/policy.h"

namespace berth {

struct Walk {
  // The preferred endpoint. A range is moved as a whole.
  const Endpoint& preferred;
  // The first and the last port that may be given out.
  Port from = 1;
  Port limit = 65535;
  // Whose allocations do not count as taken, nor what is called so.
  std::optional<std::string_view> service = {};
  // Ports that may be in use, because what uses them is taken to be the service itself.
  std::optional<Endpoint> own = {};
};

struct Landing {
  PortRange ports;
  std::vector<Skip> skipped = {};
  std::vector<std::string> warnings = {};
  // Who has the ports already, and is the service itself.
  Owner owner = {};
};

// The preferred ports are taken as asked if nothing has them. After them, ports are passed over that the kernel keeps
// or gives to outgoing connections (unless the preferred one lies there too), and those that browsers refuse. Errors:
// exhausted, with what was passed over; unseen, if a port could not be looked at.
std::expected<Landing, Error> walk(const Walk& walk, const Occupied& occupied, const Sight& sight);

// Every skip that a walk recorded, in one line: "8080 allocated to keycloak (fixed); 8081-8090 ..."
std::string describe(const Skip& skip);

}  // namespace berth
