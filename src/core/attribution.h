// What several sources say of one thing, put together: a socket alone says "docker-proxy", the engine says whose.
#pragma once

#include <vector>

#include "core/census.h"

namespace berth {

// Completes the names of a census' holders out of each other. Never guesses: what does not match stays as it is.
//
// - A container that is known by its id alone (from a cgroup) gets its name, image and compose service.
// - A socket that somebody holds for a container (docker-proxy, rootlessport, conmon, dockerd, ...) and a NAT rule get
//   the container that is published there.
// - A socket that process 1 holds gets the socket unit that declares it, and the service that this one starts.
void attribute(Census& census);

// Whether the process forwards ports for containers: what it holds is not its own.
bool forwards_for_containers(const Holder& holder);

// A docker-proxy whose container is gone, though the engine was asked about its containers.
bool is_stale_proxy(const Holder& holder, const Census& census);

// Without those that only say again what another one says better: a container's published port beside the socket that
// is there for it, the NAT rule of the same container, a declared socket beside the open one.
std::vector<Holder> without_echoes(const std::vector<Holder>& holders);

}  // namespace berth
