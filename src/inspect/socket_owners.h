// Who has which socket: the fields of a holder that name its owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "core/census.h"
#include "system/sock_diag.h"

namespace berth::inspect {

// How far to look for what is not found in the processes of the socket's cgroup, nor in those that were named.
enum class Walk : std::uint8_t {
  none,         // no further
  until_found,  // through all processes until the owner of every socket is known
  complete,     // through all processes, so that nobody is missed who has one of the sockets, too
};

struct OwnerSearch {
  Walk walk = Walk::until_found;
  // Processes to look into first.
  std::span<const pid_t> likely = {};
};

// Fills in pid, process, exe, user, unit, container, since, `inherited`, `other_pids`, and where a docker-proxy
// forwards to, of `census.holders`, as far as they can be seen; the n-th holder is that of the n-th socket. A socket
// that no process of the machine has is the kernel's own: its process is "kernel", without a pid. That owners could not
// be seen is said by the first blind spot.
//
// The cgroup of a socket tells its unit or container at once, and which few processes to look through: all of them are,
// and process 1. Where that was enough, `other_pids` has only those: a process of another cgroup that has the socket,
// too, is not known.
//
// `inherited` is true if process 1 (or another systemd) has the socket, too, or if the socket was made in another unit
// or container than its owner is in: processes are not moved between them. Otherwise nobody can tell.
void find_owners(std::span<const system::SocketEntry> sockets, Census& census, const OwnerSearch& search = {});

}  // namespace berth::inspect
