// Who has which socket: the fields of a holder that name its owner.
#pragma once

#include <span>

#include "core/census.h"
#include "system/sock_diag.h"

namespace berth::inspect {

// Fills in pid, process, exe, user, unit, container and `inherited` of `census.holders`, as far as they can be seen;
// the n-th holder is that of the n-th socket. A socket that no process of the machine has is the kernel's own: its
// process is "kernel", without a pid. That owners could not be seen is said by the first blind spot.
//
// The cgroup of a socket tells its unit or container at once, and which few processes to look through; all processes
// are looked through only for what is not found there.
void find_owners(std::span<const system::SocketEntry> sockets, Census& census);

}  // namespace berth::inspect
