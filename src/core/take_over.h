// Taking over a server as it is: what is there, what is written down, and what is registered already become one plan.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/claim.h"
#include "core/discovery.h"
#include "core/plan.h"

namespace berth {

// One thing that was found, and the service that it became or is; empty for none.
struct NamedFinding {
  Found found;
  std::string service;
};

struct TakeOver {
  std::vector<NamedFinding> found;
  Plan plan;
};

// How much of what is there is taken over: all of it, or only what the files are about.
enum class Reach : std::uint8_t { everything, files };

// The plan for all of `there` (core/claim.h) and all that files say, over `registry`, which is left alone:
//
// - What is registered is kept, whatever it is called; of what was found only in part, or not at all, that is said.
//   Not at all: only where everything is reached.
// - What files say about a port on which their own program is found is one claim; what is there wins where they differ,
//   and the difference is told.
// - What is there becomes `fixed`: nothing that works is ever moved. What is only written down becomes `flexible`.
// - A port that two want is a conflict: what is there gets it, and of two that are only written down neither does.
// - Ports that nobody can name, that are chosen at each start, or that depend on variables without a value, are
//   skipped; nobody else gets what is there.
//
// Everything appears in the plan, with what to do about it. `now`: RFC 3339.
TakeOver take_over(const Registry& registry, const std::vector<Claim>& there, const Discovery& discovery, Reach reach,
                   std::string_view now);

}  // namespace berth
