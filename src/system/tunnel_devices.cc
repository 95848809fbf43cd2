#include "system/tunnel_devices.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <string_view>
#include <utility>

#include "system/netlink.h"

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

}  // namespace

bool read_tunnel_device(ByteSpan payload, std::vector<TunnelDevice>& devices) {
  const auto message = peek<ifinfomsg>(payload);
  if (!message) return false;
  if ((message->ifi_flags & IFF_UP) == 0) return true;
  const auto attributes = after(payload, sizeof(ifinfomsg));
  const auto link = attribute(attributes, IFLA_LINKINFO);
  TunnelDevice device{text_of(attribute(attributes, IFLA_IFNAME)), text_of(attribute(link, IFLA_INFO_KIND)), 0};
  const auto type = port_attribute_of(device.kind);
  if (type == 0) return true;
  const auto port = peek<std::uint16_t>(attribute(attribute(link, IFLA_INFO_DATA), type));
  if (!port) return true;
  device.port = ntohs(*port);
  devices.push_back(std::move(device));
  return true;
}

std::vector<TunnelDevice> tunnel_devices() {
  std::vector<TunnelDevice> devices;
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket) return devices;
  NetlinkRequest request(RTM_GETLINK);
  request.append(ifinfomsg{});
  // What was read before an answer broke off is so all the same.
  [[maybe_unused]] const auto dumped = socket->dump(
      request, [&](const NetlinkMessage& message) { return read_tunnel_device(message.payload, devices); });
  return devices;
}

}  // namespace berth::system
