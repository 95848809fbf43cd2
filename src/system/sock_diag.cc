#include "system/sock_diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "system/sock_diag_answer.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

constexpr std::uint32_t sequence = 1;
constexpr int attempts = 4;

// Less than 32 KiB loses sockets: the kernel fills as much as the largest buffer it has seen, up to that.
struct alignas(nlmsghdr) ReceiveBuffer {
  std::array<std::byte, std::size_t{64} * 1024> bytes;
};

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

class Request {
 public:
  template <typename T>
  void append(const T& part) {
    static_assert(sizeof(T) % NLMSG_ALIGNTO == 0);
    std::memcpy(bytes_.data() + size_, &part, sizeof(T));
    size_ += sizeof(T);
  }
  std::span<std::byte> finish() {
    const auto length = static_cast<std::uint32_t>(size_);
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof(length));
    return {bytes_.data(), size_};
  }

 private:
  std::array<std::byte, 256> bytes_{};
  std::size_t size_ = 0;
};

void append_filter(Request& request, PortSpan ports) {
  if (ports != PortSpan{}) request.append(PortFilter(ports));
}

nlmsghdr header_of(std::uint16_t type) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = sequence;
  return header;
}

Request request_of(const SocketQuery& query, std::uint8_t family) {
  Request request;
  request.append(header_of(SOCK_DIAG_BY_FAMILY));
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
Request tcp_request_of(const SocketQuery& query) {
  Request request;
  request.append(header_of(TCPDIAG_GETSOCK));
  inet_diag_req body{};
  body.idiag_family = AF_UNSPEC;
  body.idiag_states = query.states;
  request.append(body);
  append_filter(request, query.ports);
  return request;
}

class DumpSocket {
 public:
  static std::expected<DumpSocket, Error> open() {
    DumpSocket result(UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)));
    if (!result.fd_) return std::unexpected(last_error("open a socket for sock_diag"));
    sockaddr_nl name{};
    name.nl_family = AF_NETLINK;
    socklen_t length = sizeof(name);
    auto* address = reinterpret_cast<sockaddr*>(&name);
    if (::bind(result.fd_.get(), address, length) != 0 || ::getsockname(result.fd_.get(), address, &length) != 0) {
      return std::unexpected(last_error("bind a socket for sock_diag"));
    }
    result.port_id_ = name.nl_pid;
    return result;
  }

  std::expected<void, Error> send(std::span<const std::byte> request) const {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    while (::sendto(fd_.get(), request.data(), request.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
                    sizeof(kernel)) < 0) {
      if (errno != EINTR) return std::unexpected(last_error("ask sock_diag"));
    }
    return {};
  }

  // The next datagram of the kernel; other senders are ignored.
  std::expected<std::span<const std::byte>, Error> receive(ReceiveBuffer& buffer) const {
    while (true) {
      iovec part{buffer.bytes.data(), buffer.bytes.size()};
      sockaddr_nl sender{};
      msghdr message{};
      message.msg_name = &sender;
      message.msg_namelen = sizeof(sender);
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      const auto length = ::recvmsg(fd_.get(), &message, 0);
      if (length < 0 && errno == EINTR) continue;
      if (length < 0) return std::unexpected(last_error("read from sock_diag"));
      if (sender.nl_pid != 0) continue;
      if ((message.msg_flags & MSG_TRUNC) != 0) return std::unexpected(Error{EMSGSIZE, "read from sock_diag"});
      return std::span<const std::byte>(buffer.bytes.data(), static_cast<std::size_t>(length));
    }
  }

  DumpId id() const { return {sequence, port_id_}; }

 private:
  explicit DumpSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
  std::uint32_t port_id_ = 0;
};

// One dump from beginning to end, on a socket of its own, so that nothing is left over from a failed one. True if it is
// consistent.
std::expected<bool, Error> dump_once(Request& request, Transport transport, std::vector<SocketEntry>& sockets) {
  const auto socket = DumpSocket::open();
  if (!socket) return std::unexpected(socket.error());
  if (auto sent = socket->send(request.finish()); !sent) return std::unexpected(sent.error());
  ReceiveBuffer buffer;
  bool consistent = true;
  while (true) {
    const auto datagram = socket->receive(buffer);
    if (!datagram) return std::unexpected(datagram.error());
    const auto step = read_dump(*datagram, socket->id(), transport, sockets);
    if (step.kind == DumpStep::Kind::failed) return std::unexpected(Error{step.error, "dump sockets"});
    consistent = consistent && !step.interrupted;
    if (step.kind == DumpStep::Kind::done) return consistent;
  }
}

std::expected<void, Error> dump(Request request, Transport transport, std::vector<SocketEntry>& sockets) {
  const auto before = sockets.size();
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto consistent = dump_once(request, transport, sockets);
    if (!consistent) return std::unexpected(consistent.error());
    if (*consistent) return {};
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
