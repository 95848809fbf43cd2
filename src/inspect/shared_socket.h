// Whose a socket is that several processes have. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "system/processes.h"

namespace berth::inspect {

struct Sharer {
  std::int32_t pid = 0;
  system::StatFields stat;
};

struct SharedSocket {
  std::int32_t owner = 0;
  std::vector<std::int32_t> others;  // ascending
  // Whether the owner has it from one of the others.
  bool was_handed_over = false;
};

// Opens sockets on behalf of others (systemd.socket(5)): process 1, and systemd for a user or in a container.
bool is_activator(const Sharer& sharer);

// The owner is the process that opened the socket, as far as it can be told: the one that started first. Pids say less,
// they wrap around. Of those that started within one clock tick it is the one that is no other's child. An activator is
// the owner only if nobody else has the socket.
SharedSocket judge_sharing(std::span<const Sharer> sharers);

}  // namespace berth::inspect
