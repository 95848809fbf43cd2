#include "system/local_addresses.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "system/netlink.h"

namespace berth::system {
namespace {

constexpr int attempts = 4;

AddressSpan span_of(const IpBytes& prefix, IpFamily family, unsigned bits) {
  AddressSpan span{family, prefix, prefix};
  for (unsigned i = 0; i < (family == IpFamily::ipv4 ? 4U : 16U); ++i) {
    const unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8U) : 0;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> kept);
    span.first[i] = prefix[i] & mask;
    span.last[i] = span.first[i] | static_cast<std::uint8_t>(~mask);
  }
  return span;
}

std::expected<void, Error> dump(NetlinkSocket& socket, std::uint8_t family, std::vector<AddressSpan>& addresses) {
  NetlinkRequest request(RTM_GETROUTE);
  rtmsg route{};
  route.rtm_family = family;
  route.rtm_table = RT_TABLE_LOCAL;
  route.rtm_type = RTN_LOCAL;
  request.append(route);
  return socket.dump(request,
                     [&](const NetlinkMessage& message) { return read_local_route(message.payload, addresses); });
}

}  // namespace

bool read_local_route(ByteSpan payload, std::vector<AddressSpan>& addresses) {
  const auto route = peek<rtmsg>(payload);
  if (!route) return false;
  if (route->rtm_type != RTN_LOCAL || (route->rtm_family != AF_INET && route->rtm_family != AF_INET6)) return true;
  const auto family = route->rtm_family == AF_INET ? IpFamily::ipv4 : IpFamily::ipv6;
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  if (route->rtm_dst_len > size * 8) return false;
  IpBytes prefix{};
  auto attributes = payload.subspan(sizeof(rtmsg));
  while (const auto attribute = next_attribute(attributes)) {
    if (attribute->type != RTA_DST) continue;
    if (attribute->value.size() != size) return false;
    std::memcpy(prefix.data(), attribute->value.data(), size);
  }
  addresses.push_back(span_of(prefix, family, route->rtm_dst_len));
  return attributes.empty();
}

std::expected<std::vector<AddressSpan>, Error> read_local_addresses() {
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket) return std::unexpected(socket.error());
  // Without it the kernel sends all routes there are, which is slow and no error.
  socket->be_strict();
  std::vector<AddressSpan> addresses;
  for (const auto family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    const auto before = addresses.size();
    std::expected<void, Error> dumped;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      addresses.resize(before);
      dumped = dump(*socket, family, addresses);
      if (dumped || dumped.error().code != EINTR) break;
    }
    // A kernel without IPv6 does not know the family.
    if (!dumped && dumped.error().code != EOPNOTSUPP) return std::unexpected(dumped.error());
  }
  return addresses;
}

}  // namespace berth::system
