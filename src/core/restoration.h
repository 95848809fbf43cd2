// Going back to an earlier registry: what would change, and what speaks against it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "core/census.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/shared.h"

namespace berth {

// What a service has in one registry and in another one.
struct Difference {
  std::string service;
  Shared<Allocation> before;
  Shared<Allocation> after;
};

struct Restoration {
  // By name.
  std::vector<Difference> changes;
  // What the operator should act upon, and what is only good to know.
  std::vector<std::string> warnings = {};
  std::vector<std::string> notes = {};
};

// `latest` becomes `goal`. Only ports that a service gets by it are looked at: known to be held by somebody else, they
// are a warning, or with `strict` an error. Error: taken, also where two services would come to have one port that they
// do not have now.
std::expected<Restoration, Error> plan_restoration(const Registry& latest, const Registry& goal, const Census& census,
                                                   bool strict);

// Whether a service gets a port by it, so that it matters who is there.
bool gives_ports(const Registry& latest, const Registry& goal);

}  // namespace berth
