// From what the engine says about a container to holders. Pure.
#pragma once

#include <optional>
#include <vector>

#include "core/census.h"
#include "inspect/engine_answers.h"

namespace berth::inspect {

// The same ports in fewer mappings, in order: 0.0.0.0 and a v6-only `::` that lead to the same are `*`, which means
// both; neighbours that lead to neighbours are a range.
std::vector<PortMapping> join(std::vector<PortMapping> mappings);

// Published ones are `published`; what is configured and not published, is `configured`: also of a container that runs,
// where the engine left a port out. A configured range of which one port is taken is published when one of it is.
std::vector<Holder> holders_of(const EngineContainer& container);

}  // namespace berth::inspect
