// One message of the kernel's answer to a socket dump, byte for byte. Pure: any bytes may come in.
#pragma once

#include <vector>

#include "system/netlink_answer.h"
#include "system/sock_diag.h"

namespace berth::system {

// Appends the message's socket to `sockets`; a message that is of no socket is passed over. Returns whether it could be
// read.
bool read_socket(const NetlinkMessage& message, Transport transport, std::vector<SocketEntry>& sockets);

}  // namespace berth::system
