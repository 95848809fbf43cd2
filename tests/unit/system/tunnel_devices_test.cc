#include "system/tunnel_devices.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::string attribute(unsigned type, const std::string& value) {
  const rtattr header{static_cast<unsigned short>(sizeof(rtattr) + value.size()), static_cast<unsigned short>(type)};
  auto bytes = bytes_of(header) + value;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

std::string link(const std::string& name, const std::string& kind, unsigned port_type, std::uint16_t port,
                 unsigned flags = IFF_UP) {
  ifinfomsg body{};
  body.ifi_flags = flags;
  const auto details = attribute(1, "....") + attribute(port_type, bytes_of(htons(port)));
  return bytes_of(body) + attribute(IFLA_IFNAME, name + '\0') +
         attribute(IFLA_LINKINFO | NLA_F_NESTED,
                   attribute(IFLA_INFO_KIND, kind + '\0') + attribute(IFLA_INFO_DATA, details));
}

struct Answer {
  std::vector<TunnelDevice> devices;
  bool understood = false;
};

Answer read(const std::string& payload) {
  Answer answer;
  answer.understood = read_tunnel_device(std::as_bytes(std::span(payload)), answer.devices);
  return answer;
}

TEST(TunnelDevices, HaveAPort) {
  const auto vxlan = read(link("vx0", "vxlan", IFLA_VXLAN_PORT, 4789));
  EXPECT_THAT(vxlan.devices, ElementsAre(TunnelDevice{"vx0", "vxlan", 4789}));
  EXPECT_TRUE(vxlan.understood);
  EXPECT_THAT(read(link("gnv0", "geneve", IFLA_GENEVE_PORT, 6081)).devices,
              ElementsAre(TunnelDevice{"gnv0", "geneve", 6081}));
}

TEST(TunnelDevices, ThatAreDownHaveNone) {
  const auto answer = read(link("vx0", "vxlan", IFLA_VXLAN_PORT, 4789, 0));
  EXPECT_THAT(answer.devices, IsEmpty());
  EXPECT_TRUE(answer.understood);
}

TEST(TunnelDevices, OfOtherKindsAreNone) {
  for (const auto& payload : {link("veth0", "veth", IFLA_VXLAN_PORT, 4789), bytes_of(ifinfomsg{})}) {
    const auto answer = read(payload);
    EXPECT_THAT(answer.devices, IsEmpty());
    EXPECT_TRUE(answer.understood);
  }
}

// The others of the answer are not lost for it.
TEST(TunnelDevices, WhosePortIsNotToldAreNone) {
  const auto answer = read(link("vx0", "vxlan", IFLA_VXLAN_PORT + 1, 4789));
  EXPECT_THAT(answer.devices, IsEmpty());
  EXPECT_TRUE(answer.understood);
}

TEST(TunnelDevices, ACutMessageIsNone) {
  const auto whole = link("vx0", "vxlan", IFLA_VXLAN_PORT, 4789);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto answer = read(whole.substr(0, length));
    EXPECT_THAT(answer.devices, IsEmpty()) << length;
    EXPECT_EQ(answer.understood, length >= sizeof(ifinfomsg)) << length;
  }
}

TEST(TunnelDevices, AnyByteMayBeWrong) {
  const auto whole = link("vx0", "vxlan", IFLA_VXLAN_PORT, 4789);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0, 1, 4, 127, 255}) {
      auto broken = whole;
      broken[at] = static_cast<char>(value);
      EXPECT_LE(read(broken).devices.size(), 1U);
    }
  }
}

}  // namespace
}  // namespace berth::system
