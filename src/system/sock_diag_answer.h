// The kernel's answer to a socket dump, byte for byte. Pure: any bytes may come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "system/sock_diag.h"

namespace berth::system {

// Which messages belong to a dump: the sequence number of its request, and the port id of the socket that asked.
struct DumpId {
  std::uint32_t sequence = 0;
  std::uint32_t port_id = 0;
};

// What one datagram said about the dump as a whole.
struct DumpStep {
  enum class Kind : std::uint8_t { more, done, failed };
  Kind kind = Kind::more;
  int error = 0;             // an errno if it failed; EBADMSG if the datagram is malformed
  bool interrupted = false;  // NLM_F_DUMP_INTR: the tables changed, the dump may lack sockets or have them twice
};

// Appends the datagram's sockets to `sockets`. Messages of another dump are skipped; what stands before a malformed
// message is kept, but the dump has failed.
DumpStep read_dump(std::span<const std::byte> datagram, const DumpId& id, Transport transport,
                   std::vector<SocketEntry>& sockets);

}  // namespace berth::system
