#include "system/tunnel_devices.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "system/netlink_answer.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

// The value of the first attribute of that type; empty if there is none.
ByteSpan attribute(ByteSpan bytes, unsigned type) {
  while (const auto found = next_attribute(bytes)) {
    if (found->type == type) return found->value;
  }
  return {};
}

std::string text_of(ByteSpan bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(text.substr(0, text.find('\0')));
}

unsigned port_attribute_of(std::string_view kind) {
  if (kind == "vxlan") return IFLA_VXLAN_PORT;
  if (kind == "geneve") return IFLA_GENEVE_PORT;
  return 0;
}

std::optional<TunnelDevice> tunnel_of(ByteSpan payload) {
  const auto message = peek<ifinfomsg>(payload);
  if (!message || (message->ifi_flags & IFF_UP) == 0) return std::nullopt;
  const auto attributes = after(payload, sizeof(ifinfomsg));
  const auto link = attribute(attributes, IFLA_LINKINFO);
  TunnelDevice device{text_of(attribute(attributes, IFLA_IFNAME)), text_of(attribute(link, IFLA_INFO_KIND)), 0};
  const auto type = port_attribute_of(device.kind);
  if (type == 0) return std::nullopt;
  const auto port = peek<std::uint16_t>(attribute(attribute(link, IFLA_INFO_DATA), type));
  if (!port) return std::nullopt;
  device.port = ntohs(*port);
  return device;
}

bool ask_for_links(const UniqueFd& fd) {
  struct {
    nlmsghdr header{};
    ifinfomsg body{};
  } request;
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(fd.get(), &request, sizeof(request), 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel)) ==
         ssize_t{sizeof(request)};
}

}  // namespace

bool read_tunnel_devices(ByteSpan datagram, std::vector<TunnelDevice>& devices) {
  while (const auto header = peek<nlmsghdr>(datagram)) {
    if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) return false;
    if (header->nlmsg_type != RTM_NEWLINK) return false;
    const auto device = tunnel_of(datagram.first(header->nlmsg_len).subspan(sizeof(nlmsghdr)));
    if (device) devices.push_back(*device);
    datagram = after(datagram, header->nlmsg_len);
  }
  return datagram.empty();
}

std::vector<TunnelDevice> tunnel_devices() {
  std::vector<TunnelDevice> devices;
  const UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd || !ask_for_links(fd)) return devices;
  // The kernel's datagrams are no longer (af_netlink.c: netlink_dump).
  std::array<std::byte, std::size_t{64} * 1024> buffer;
  while (true) {
    sockaddr_nl sender{};
    socklen_t length = sizeof(sender);
    const auto got =
        ::recvfrom(fd.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&sender), &length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return devices;
    if (sender.nl_pid != 0) continue;
    if (!read_tunnel_devices(ByteSpan(buffer).first(static_cast<std::size_t>(got)), devices)) return devices;
  }
}

}  // namespace berth::system
