#include "system/sock_diag_answer.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace berth::system {
namespace {

// `timer` of a mini-socket that only waits (inet_diag.c: inet_twsk_diag_fill).
constexpr std::uint8_t time_wait_timer = 3;

IpBytes address_of(const __be32 (&words)[4], IpFamily family) {
  IpBytes bytes{};
  std::memcpy(bytes.data(), &words[0], family == IpFamily::ipv4 ? 4 : 16);
  return bytes;
}

SocketEntry entry_of(const inet_diag_msg& message, Transport transport) {
  SocketEntry entry;
  entry.family = message.idiag_family == AF_INET ? IpFamily::ipv4 : IpFamily::ipv6;
  entry.transport = transport;
  entry.state = static_cast<SocketState>(message.idiag_state);
  entry.local = address_of(message.id.idiag_src, entry.family);
  entry.remote = address_of(message.id.idiag_dst, entry.family);
  entry.local_port = ntohs(message.id.idiag_sport);
  entry.remote_port = ntohs(message.id.idiag_dport);
  entry.uid = message.idiag_uid;
  entry.inode = message.idiag_inode;
  if (message.idiag_timer == time_wait_timer && transport == Transport::tcp) entry.expires = message.idiag_expires;
  return entry;
}

bool read_attributes(ByteSpan bytes, SocketEntry& entry) {
  while (const auto attribute = next_attribute(bytes)) {
    if (attribute->type == INET_DIAG_SKV6ONLY) {
      const auto flag = peek<std::uint8_t>(attribute->value);
      if (!flag) return false;
      entry.v6only = *flag != 0;
    } else if (attribute->type == INET_DIAG_CGROUP_ID) {
      const auto cgroup = peek<std::uint64_t>(attribute->value);
      if (!cgroup) return false;
      entry.cgroup = *cgroup;
    }
  }
  return bytes.empty();
}

}  // namespace

bool read_socket(const NetlinkMessage& message, Transport transport, std::vector<SocketEntry>& sockets) {
  if (message.type != SOCK_DIAG_BY_FAMILY && message.type != TCPDIAG_GETSOCK) return true;
  const auto socket = peek<inet_diag_msg>(message.payload);
  if (!socket || (socket->idiag_family != AF_INET && socket->idiag_family != AF_INET6)) return false;
  auto entry = entry_of(*socket, transport);
  if (!read_attributes(after(message.payload, sizeof(inet_diag_msg)), entry)) return false;
  sockets.push_back(entry);
  return true;
}

}  // namespace berth::system
