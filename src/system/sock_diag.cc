#include "system/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "system/netlink.h"
#include "system/sock_diag_answer.h"

namespace berth::system {
namespace {

constexpr int attempts_to_dump = 4;

// Accepts what lies in the span: both comparisons must jump exactly to the end, a failed one beyond it
// (inet_diag.c: inet_diag_bc_run). The second struct of a comparison carries the port.
struct PortFilter {
  rtattr header{sizeof(PortFilter), INET_DIAG_REQ_BYTECODE};
  inet_diag_bc_op at_least{INET_DIAG_BC_S_GE, 8, 20};
  inet_diag_bc_op first;
  inet_diag_bc_op at_most{INET_DIAG_BC_S_LE, 8, 12};
  inet_diag_bc_op last;

  explicit PortFilter(PortSpan ports) : first{0, 0, ports.first}, last{0, 0, ports.last} {}
};

void append_filter(NetlinkRequest& request, PortSpan ports) {
  if (ports != PortSpan{}) request.append(PortFilter(ports));
}

NetlinkRequest request_of(const SocketQuery& query, std::uint8_t family) {
  NetlinkRequest request(SOCK_DIAG_BY_FAMILY);
  inet_diag_req_v2 body{};
  body.sdiag_family = family;
  body.sdiag_protocol = query.transport == Transport::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  body.idiag_states = query.states;
  request.append(body);
  append_filter(request, query.ports);
  return request;
}

// The first form of the interface knows TCP alone but takes both families at once: half the time, since the walk
// through the tables is what costs.
NetlinkRequest tcp_request_of(const SocketQuery& query) {
  NetlinkRequest request(TCPDIAG_GETSOCK);
  inet_diag_req body{};
  body.idiag_family = AF_UNSPEC;
  body.idiag_states = query.states;
  request.append(body);
  append_filter(request, query.ports);
  return request;
}

// One dump from beginning to end, on a socket of its own, so that nothing is left over from a failed one.
std::expected<void, Error> dump_once(NetlinkRequest& request, Transport transport, std::vector<SocketEntry>& sockets) {
  auto socket = NetlinkSocket::open(NETLINK_SOCK_DIAG);
  if (!socket) return std::unexpected(socket.error());
  return socket->dump(request, [&](const NetlinkMessage& message) { return read_socket(message, transport, sockets); });
}

std::expected<void, Error> dump(NetlinkRequest request, Transport transport, std::vector<SocketEntry>& sockets) {
  const auto before = sockets.size();
  for (int attempt = 0; attempt < attempts_to_dump; ++attempt) {
    auto dumped = dump_once(request, transport, sockets);
    if (dumped || dumped.error().code != EINTR) return dumped;
    sockets.resize(before);
  }
  return std::unexpected(Error{EAGAIN, "dump sockets while they change"});
}

}  // namespace

std::expected<std::vector<SocketEntry>, Error> dump_sockets(const SocketQuery& query) {
  std::vector<SocketEntry> sockets;
  if (query.transport == Transport::tcp && dump(tcp_request_of(query), query.transport, sockets)) return sockets;
  sockets.clear();
  for (const auto family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    if (auto dumped = dump(request_of(query, family), query.transport, sockets); !dumped) {
      return std::unexpected(dumped.error());
    }
  }
  return sockets;
}

bool dump_shows_bound_sockets(const char* release) {
  unsigned major = 0;
  unsigned minor = 0;
  if (std::sscanf(release, "%u.%u", &major, &minor) != 2) return false;
  return major > 6 || (major == 6 && minor >= 8);
}

bool dump_shows_bound_sockets() {
  utsname name{};
  return ::uname(&name) == 0 && dump_shows_bound_sockets(name.release);
}

}  // namespace berth::system
