// What to do about a port, the least harmful way out first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/verdict.h"

namespace berth {

struct Situation {
  const Endpoint& endpoint;
  Verdict verdict = Verdict::free;
  const std::vector<Allocation>& allocations;
  const std::vector<Holder>& holders;
  // The next available port(s) upward, if there are any.
  std::optional<PortRange> next = {};
};

// One line each, ready to be printed: names are escaped, commands can be copied.
std::vector<std::string> advise(const Situation& situation);

}  // namespace berth
