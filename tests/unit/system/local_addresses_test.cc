#include "system/local_addresses.h"

#include <gmock/gmock.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <vector>

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Bytes = std::vector<std::byte>;

template <typename T>
void append(Bytes& bytes, const T& part) {
  const auto at = bytes.size();
  bytes.resize(at + sizeof(T));
  std::memcpy(bytes.data() + at, &part, sizeof(T));
}

template <std::size_t size>
Bytes route(std::uint8_t family, std::uint8_t bits, const std::array<std::uint8_t, size>& prefix,
            std::uint8_t type = RTN_LOCAL) {
  Bytes bytes;
  rtmsg header{};
  header.rtm_family = family;
  header.rtm_dst_len = bits;
  header.rtm_type = type;
  append(bytes, header);
  append(bytes, rtattr{sizeof(rtattr) + size, RTA_DST});
  append(bytes, prefix);
  return bytes;
}

std::vector<AddressSpan> read(const Bytes& bytes) {
  std::vector<AddressSpan> addresses;
  EXPECT_TRUE(read_local_route(bytes, addresses));
  return addresses;
}

using Four = std::array<std::uint8_t, 4>;

TEST(LocalAddresses, One) {
  EXPECT_THAT(read(route(AF_INET, 32, Four{192, 0, 2, 1})),
              ElementsAre(AddressSpan{IpFamily::ipv4, {192, 0, 2, 1}, {192, 0, 2, 1}}));
}

TEST(LocalAddresses, ANetwork) {
  EXPECT_THAT(read(route(AF_INET, 8, Four{127})),
              ElementsAre(AddressSpan{IpFamily::ipv4, {127}, {127, 255, 255, 255}}));
  EXPECT_THAT(read(route(AF_INET, 30, Four{10, 0, 0, 4})),
              ElementsAre(AddressSpan{IpFamily::ipv4, {10, 0, 0, 4}, {10, 0, 0, 7}}));
}

TEST(LocalAddresses, OneOfIPv6) {
  const IpBytes one{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_THAT(read(route(AF_INET6, 128, one)), ElementsAre(AddressSpan{IpFamily::ipv6, one, one}));
}

TEST(LocalAddresses, OtherRoutesAreNone) {
  EXPECT_THAT(read(route(AF_INET, 32, Four{192, 0, 2, 255}, RTN_BROADCAST)), IsEmpty());
}

TEST(LocalAddresses, MalformedOnes) {
  std::vector<AddressSpan> addresses;
  EXPECT_FALSE(read_local_route({}, addresses));
  EXPECT_FALSE(read_local_route(route(AF_INET, 33, Four{}), addresses));
  EXPECT_FALSE(read_local_route(route(AF_INET6, 32, Four{}), addresses));
  auto cut = route(AF_INET, 32, Four{});
  cut.pop_back();
  EXPECT_FALSE(read_local_route(cut, addresses));
}

}  // namespace
}  // namespace berth::system
