// The state of an allocation: what the registry says held against what the machine shows.
#pragma once

#include <string_view>
#include <vector>

#include "core/census.h"
#include "core/occupied.h"
#include "core/registry.h"

namespace berth {

enum class State : std::uint8_t { listening, idle, conflict, drift, unknown };
std::string_view to_string(State state);

// The states of all allocations, in the registry's order. `census` is one of the whole machine; owners in it are used
// where they are known. Conflict: another allocation or another service's owner has the same endpoint, or the holder
// that contested a fixed port is still there. Drift: an owner other than the recorded one listens. Unknown: the sockets
// could not be read.
std::vector<State> states_of(const Registry& registry, const Census& census);

// Whether any allocation is contested: then holders that only have bound their port matter for the states too.
bool has_contests(const Registry& registry);

// Whether the owners of holders matter for the states: whether it is worth finding them out.
bool needs_owners(const Registry& registry);

// Whether they can be told by the names of containers alone, which only their engine knows.
bool needs_containers(const Registry& registry);

}  // namespace berth
