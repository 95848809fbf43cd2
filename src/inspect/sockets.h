// The kernel's TCP and UDP sockets as holders.
//
// States: a listening TCP socket and an unconnected UDP socket are `listening`, a TCP socket that is bound and nothing
// else is `bound`, TIME_WAIT and what the kernel closes on its own in that way is `draining`, everything else is a
// `connection`. Addresses are as core has them: `::` says whether it is v6-only, IPv4-mapped ones are IPv4.
//
// Owners are sought until they are found; every process that has a socket is looked for if the question is to all
// sources.
//
// Blind spots: sockets that cannot be asked for; bound-only ones on Linux before 6.8; owners that this user may not
// see.
#pragma once

#include <vector>

#include "inspect/inspector.h"
#include "system/sock_diag.h"

namespace berth::inspect {

class SocketsInspector : public Inspector {
 public:
  bool answers(const Question& question) const override { return question.sources != Sources::hidden; }
  // By port, the listening ones first.
  Census inspect(const Question& question) override;
};

// The sockets that the question is about, by port, the listening ones first. A protocol that cannot be asked for is a
// blind spot.
std::vector<system::SocketEntry> find_sockets(const Question& question, std::vector<BlindSpot>& blind_spots);

// A socket without its owner, but for inode and cgroup.
Holder holder_of(const system::SocketEntry& socket);

}  // namespace berth::inspect
