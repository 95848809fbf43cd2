#include "live/network.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "core/spec.h"
#include "inspect/sockets.h"
#include "system/sock_diag.h"

namespace berth::live {
namespace {

// Why there is no namespace; empty if there is.
std::string enter_network() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return "no network namespace: " + std::generic_category().message(errno);
  }
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) {
    return "no loopback device: " + std::generic_category().message(errno);
  }
  return {};
}

struct SocketName {
  sockaddr_storage bytes{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

SocketName name_of(const std::string& address, std::uint16_t port) {
  SocketName name;
  if (address.contains(':')) {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ::inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr);
    std::memcpy(&name.bytes, &ipv6, name.length = sizeof(ipv6));
  } else {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr);
    std::memcpy(&name.bytes, &ipv4, name.length = sizeof(ipv4));
  }
  return name;
}

void set(const UniqueFd& fd, int level, int option, int value) {
  EXPECT_EQ(::setsockopt(fd.get(), level, option, &value, sizeof(value)), 0) << option;
}

UniqueFd open_socket(const SocketOptions& options) {
  const bool ipv6 = options.address.contains(':');
  const int type = options.transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
  UniqueFd fd(::socket(ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, options.protocol));
  if (!fd) return fd;
  if (ipv6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.v6only ? 1 : 0);
  if (options.reuse_address) set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.reuse_port) set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (!options.device.empty()) {
    const auto length = static_cast<socklen_t>(options.device.size());
    EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(), length), 0);
  }
  return fd;
}

std::expected<UniqueFd, int> open_for_autobind(const SocketOptions& options) {
  constexpr int ip_local_port_range = 51;  // IP_LOCAL_PORT_RANGE, missing in older headers
  auto fd = open_socket(options);
  const std::uint32_t range = (std::uint32_t{options.port} << 16) | options.port;
  if (!fd || ::setsockopt(fd.get(), IPPROTO_IP, ip_local_port_range, &range, sizeof(range)) != 0) {
    return std::unexpected(errno);
  }
  return fd;
}

}  // namespace

void NetworkTest::SetUp() {
  if (const auto why = enter_network(); !why.empty()) GTEST_SKIP() << why;
}

std::expected<UniqueFd, int> bind_socket(const SocketOptions& options) {
  auto fd = open_socket(options);
  const auto name = name_of(options.address, options.port);
  if (!fd || ::bind(fd.get(), name.get(), name.length) != 0) return std::unexpected(errno);
  return fd;
}

std::expected<UniqueFd, int> listen_on(const SocketOptions& options) {
  auto fd = bind_socket(options);
  if (fd && ::listen(fd->get(), 16) != 0) return std::unexpected(errno);
  return fd;
}

std::expected<UniqueFd, int> connect_from(const SocketOptions& options, const std::string& address,
                                          std::uint16_t port) {
  auto fd = options.autobind ? open_for_autobind(options) : bind_socket(options);
  const auto name = name_of(address, port);
  if (fd && ::connect(fd->get(), name.get(), name.length) != 0) return std::unexpected(errno);
  return fd;
}

std::expected<UniqueFd, int> accept_from(const UniqueFd& listener) {
  constexpr int milliseconds = 50;
  pollfd wait{listener.get(), POLLIN, 0};
  if (::poll(&wait, 1, milliseconds) != 1) return std::unexpected(EAGAIN);
  UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd) return std::unexpected(errno);
  return fd;
}

std::uint16_t port_of(const UniqueFd& socket) {
  sockaddr_in6 name{};  // the port is at the same place in both families
  socklen_t length = sizeof(name);
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &length), 0);
  return ntohs(name.sin6_port);
}

std::uint64_t inode_of(const UniqueFd& socket) {
  struct stat status{};
  EXPECT_EQ(::fstat(socket.get(), &status), 0);
  return status.st_ino;
}

void close_in_order(UniqueFd first, UniqueFd second) {
  ::shutdown(first.get(), SHUT_WR);
  char byte = 0;
  EXPECT_EQ(::recv(second.get(), &byte, 1, 0), 0);
  ::shutdown(second.get(), SHUT_WR);
  EXPECT_EQ(::recv(first.get(), &byte, 1, 0), 0);
}

inspect::Question about(const Endpoint& endpoint) { return {.about = endpoint}; }

std::vector<Holder> sockets_on(std::uint16_t port, Protocol protocol) {
  const auto census = inspect::SocketsInspector().inspect(about({{}, protocol, {port, port}}));
  const bool is_old = !system::dump_shows_bound_sockets();
  EXPECT_EQ(census.blind_spots.size(), is_old && overlap(protocol, Protocol::tcp) ? 1U : 0U);
  return census.holders;
}

Endpoint endpoint(const std::string& spec) {
  const auto parsed = parse_endpoint(spec);
  EXPECT_TRUE(parsed) << spec;
  return parsed.value_or(Endpoint{});
}

}  // namespace berth::live
