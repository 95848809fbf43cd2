#include "system/sock_diag_answer.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace berth::system {
namespace {

using Bytes = std::span<const std::byte>;

// `timer` of a mini-socket that only waits (inet_diag.c: inet_twsk_diag_fill).
constexpr std::uint8_t time_wait_timer = 3;

// Netlink aligns to four bytes only, and nobody promises that of a fuzzer's bytes.
template <typename T>
std::optional<T> peek(Bytes bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

constexpr std::size_t aligned(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

Bytes after(Bytes bytes, std::size_t length) { return bytes.subspan(std::min(aligned(length), bytes.size())); }

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

bool read_attributes(Bytes bytes, SocketEntry& entry) {
  while (!bytes.empty()) {
    const auto header = peek<rtattr>(bytes);
    if (!header || header->rta_len < sizeof(rtattr) || header->rta_len > bytes.size()) return false;
    const Bytes value = bytes.subspan(sizeof(rtattr), header->rta_len - sizeof(rtattr));
    if (header->rta_type == INET_DIAG_SKV6ONLY) {
      const auto flag = peek<std::uint8_t>(value);
      if (!flag) return false;
      entry.v6only = *flag != 0;
    } else if (header->rta_type == INET_DIAG_CGROUP_ID) {
      const auto cgroup = peek<std::uint64_t>(value);
      if (!cgroup) return false;
      entry.cgroup = *cgroup;
    }
    bytes = after(bytes, header->rta_len);
  }
  return true;
}

bool read_socket(Bytes payload, Transport transport, std::vector<SocketEntry>& sockets) {
  const auto message = peek<inet_diag_msg>(payload);
  if (!message || (message->idiag_family != AF_INET && message->idiag_family != AF_INET6)) return false;
  auto entry = entry_of(*message, transport);
  if (!read_attributes(after(payload, sizeof(inet_diag_msg)), entry)) return false;
  sockets.push_back(entry);
  return true;
}

DumpStep failed(int error) { return {DumpStep::Kind::failed, error, false}; }

// NLMSG_ERROR and NLMSG_DONE begin with a negated errno; 0 is an acknowledgement, and nothing is larger than MAX_ERRNO.
int error_in(Bytes payload) {
  constexpr int max_errno = 4095;
  const int number = peek<int>(payload).value_or(0);
  if (number >= 0) return 0;
  return number < -max_errno ? EBADMSG : -number;
}

DumpStep read_message(const nlmsghdr& header, Bytes payload, Transport transport, std::vector<SocketEntry>& sockets) {
  switch (header.nlmsg_type) {
    case NLMSG_ERROR:
      if (payload.size() < sizeof(int)) return failed(EBADMSG);
      if (const int error = error_in(payload); error != 0) return failed(error);
      return {};
    case NLMSG_OVERRUN:
      return failed(ENOBUFS);
    case NLMSG_DONE:
      if (const int error = error_in(payload); error != 0) return failed(error);
      return {DumpStep::Kind::done, 0, false};
    case SOCK_DIAG_BY_FAMILY:
    case TCPDIAG_GETSOCK:
      if (!read_socket(payload, transport, sockets)) return failed(EBADMSG);
      return {};
    default:
      return {};
  }
}

}  // namespace

DumpStep read_dump(Bytes datagram, const DumpId& id, Transport transport, std::vector<SocketEntry>& sockets) {
  bool interrupted = false;
  while (!datagram.empty()) {
    const auto header = peek<nlmsghdr>(datagram);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) return failed(EBADMSG);
    const Bytes payload = datagram.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    datagram = after(datagram, header->nlmsg_len);
    if (header->nlmsg_seq != id.sequence || header->nlmsg_pid != id.port_id) continue;
    interrupted = interrupted || (header->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    const auto step = read_message(*header, payload, transport, sockets);
    if (step.kind != DumpStep::Kind::more) return {step.kind, step.error, interrupted};
  }
  return {DumpStep::Kind::more, 0, interrupted};
}

}  // namespace berth::system
