#include "system/bind_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "system/unique_fd.h"

namespace berth::system {
namespace {

UniqueFd open_socket(int family, Transport transport) {
  const int type = transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
  UniqueFd fd(::socket(family, type | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (fd && transport == Transport::tcp) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return fd;
}

template <typename Name>
std::expected<void, Error> bind_to(const UniqueFd& fd, const Name& name) {
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) {
    return std::unexpected(last_error("bind"));
  }
  return {};
}

std::expected<void, Error> probe_ipv4(const BindPlace& place) {
  const auto fd = open_socket(AF_INET, place.transport);
  if (!fd) return std::unexpected(last_error("open an IPv4 socket"));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(place.port);
  std::memcpy(&name.sin_addr, place.address.data(), sizeof(name.sin_addr));
  return bind_to(fd, name);
}

std::expected<void, Error> probe_ipv6(const BindPlace& place) {
  const auto fd = open_socket(AF_INET6, place.transport);
  if (!fd) return std::unexpected(last_error("open an IPv6 socket"));
  // Said both ways: the default is a sysctl (net.ipv6.bindv6only).
  const int v6only = place.v6only ? 1 : 0;
  ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only));
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(place.port);
  std::memcpy(&name.sin6_addr, place.address.data(), sizeof(name.sin6_addr));
  return bind_to(fd, name);
}

bool lacks_ipv6(const Error& error) { return error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL; }

}  // namespace

std::expected<void, Error> probe_bind(const BindPlace& place) {
  if (place.kind == BindPlace::Kind::ipv4) return probe_ipv4(place);
  auto result = probe_ipv6(place);
  if (place.kind == BindPlace::Kind::every && !result && lacks_ipv6(result.error())) return probe_ipv4(place);
  return result;
}

}  // namespace berth::system
