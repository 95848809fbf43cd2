// The kernel's TCP and UDP sockets of this network namespace, asked over netlink: sock_diag(7).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "system/error.h"
#include "system/ip.h"

namespace berth::system {

// The kernel's numbers (include/net/tcp_states.h). A UDP socket is `closed` until it is connected, then `established`.
// A TCP socket that is bound but neither listens nor is connected is `closed`, too.
enum class SocketState : std::uint8_t {
  established = 1,
  syn_sent,
  syn_received,
  fin_wait1,
  fin_wait2,
  time_wait,
  closed,
  close_wait,
  last_ack,
  listening,
  closing,
};

struct SocketEntry {
  IpFamily family = IpFamily::ipv4;
  Transport transport = Transport::tcp;
  SocketState state = SocketState::closed;
  // IPV6_V6ONLY. The kernel tells it of listening and of closed sockets alone: those whose address can be `::`.
  bool v6only = false;
  IpBytes local{};
  IpBytes remote{};
  std::uint16_t local_port = 0;
  std::uint16_t remote_port = 0;
  std::uint32_t uid = 0;  // who made it
  // As in "socket:[INODE]" of proc_pid_fd(5); 0 for a socket that no file stands for: TIME_WAIT, orphaned, not
  // accepted.
  std::uint32_t inode = 0;
  // Of its cgroup v2, which is the inode of the cgroup's directory; 0 if the kernel does not say.
  std::uint64_t cgroup = 0;
  // Of a socket that only waits for its end (TIME_WAIT, and FIN_WAIT2 without a process): milliseconds until then.
  std::optional<std::uint32_t> expires;

  friend bool operator==(const SocketEntry&, const SocketEntry&) = default;
};

using StateMask = std::uint32_t;
constexpr StateMask only(SocketState state) { return StateMask{1} << static_cast<unsigned>(state); }
// Bit 13 asks for TCP sockets that are bound and nothing else (TCPF_BOUND_INACTIVE, Linux 6.8).
constexpr StateMask any_state = 0x3ffe;

struct SocketQuery {
  Transport transport = Transport::tcp;
  StateMask states = any_state;
  PortSpan ports;  // local ports
};

// Both families, in no order. The kernel walks its whole tables for this: some 15 us for listening sockets alone and
// 250 us for every state, plus about 1 us a socket that it returns. A socket that comes or goes meanwhile may be
// missed. Errors: those of socket(2), sendmsg(2) and recvmsg(2), what the kernel answers (ENOENT: no such table),
// EBADMSG for an answer that is not one, EAGAIN when the tables changed under every attempt.
std::expected<std::vector<SocketEntry>, Error> dump_sockets(const SocketQuery& query);

// Whether `any_state` contains TCP sockets that are only bound: by the running kernel's version.
bool dump_shows_bound_sockets();
// The same of a version as uname(2) has it, "6.1.0-18-amd64".
bool dump_shows_bound_sockets(const char* release);

}  // namespace berth::system
