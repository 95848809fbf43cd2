// Who has or wants a port on a server that has grown for years, in his own words: what a migration makes services of.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/census.h"
#include "core/discovery.h"

namespace berth {

// The words that a name is made of. `group`: a compose project, a unit, a container, a program; `member`: the compose
// service, the instance of a unit, the site. Both as they are called there; an empty group is nobody known.
struct Party {
  std::string group = {};
  std::string member = {};
  friend bool operator==(const Party&, const Party&) = default;
};

struct Claim {
  Party party;
  Endpoint endpoint;
  // The (first) port behind it, in the container, if that is known.
  std::optional<Port> target = {};
  // Its place among all that files of compose projects declare, if it is in one.
  std::optional<std::size_t> place = {};
  // Whether something is there right now; otherwise it is written down somewhere.
  bool is_there = false;
  // A port that its program most likely chose by chance, so that it will be another one next time.
  bool seems_random = false;
  Owner owner = {};
  // What says so: "nginx (pid 812, unit nginx.service, *) listens there", "/srv/blog/compose.yaml:7".
  std::string because = {};
  // "socket", "container", "systemd", or the word of a discoverer.
  std::string source = {};
  // The program, where it is known; for comparing with what configuration files say.
  std::string program = {};
};

// The claims of what is there or configured on this machine, one for each port (or contiguous ports) of one party:
// sockets of both families and protocols are one claim, on `*` if they are on several addresses, unless another party
// has one of the addresses. Connections, closing sockets and units that nothing enables claim nothing.
std::vector<Claim> claims_of(const Census& census, const KernelRanges& kernel);

// The claim that a file makes; only of what is declared. All addresses of one family are all of both.
Claim claim_of(const Found& found);

// A claim as something that was found.
Found found_of(const Claim& claim);

}  // namespace berth
