#include "core/address.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "unit/core/written.h"

namespace berth {
namespace {

using tests::address;

TEST(Address, IsEveryAddressUnlessSaidOtherwise) {
  EXPECT_EQ(Address{}.to_string(), "*");
  EXPECT_EQ(Address{}, Address::parse("*"));
  EXPECT_EQ(Address{}.family(), Address::Family::any);
}

TEST(Address, ReadsAndWritesTheUsualForm) {
  for (const std::string_view text :
       {"*", "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "2001:db8::8:800:200c:417a"}) {
    EXPECT_EQ(address(text).to_string(), text);
  }
}

TEST(Address, WritesTheShortFormOfWhatIsWrittenLong) {
  EXPECT_EQ(address("2001:0DB8:0000:0000:0008:0800:200C:417A").to_string(), "2001:db8::8:800:200c:417a");
  EXPECT_EQ(address("0:0:0:0:0:0:0:0"), address("::"));
}

TEST(Address, RefusesWhatIsNoAddress) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv,
                          "**"sv,
                          "localhost"sv,
                          "127.1"sv,
                          "1.2.3"sv,
                          "1.2.3.4.5"sv,
                          "1.2.3.256"sv,
                          "0x7f.0.0.1"sv,
                          "0177.0.0.1"sv,
                          "127.0.0.01"sv,
                          " 127.0.0.1"sv,
                          "127.0.0.1 "sv,
                          "127.0.0.1\n"sv,
                          "127.0.0.1/8"sv,
                          "127.0.0.1\0"sv,
                          "\0"sv,
                          "[::1]"sv,
                          "::1%lo"sv,
                          "fe80::1%eth0"sv,
                          ":::"sv,
                          "1::2::3"sv,
                          "12345::"sv,
                          "::g"sv,
                          "-1.0.0.0"sv,
                          "1111:2222:3333:4444:5555:6666:7777:8888:9999"sv,
                          "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"sv}) {
    EXPECT_EQ(Address::parse(text), std::nullopt) << '\'' << text << '\'';
  }
}

TEST(Address, AMappedAddressIsIpv4) {
  EXPECT_EQ(address("::ffff:127.0.0.1"), address("127.0.0.1"));
  EXPECT_EQ(address("::ffff:127.0.0.1").to_string(), "127.0.0.1");
  EXPECT_EQ(address("::ffff:0.0.0.0"), address("0.0.0.0"));
  EXPECT_EQ(address("::ffff:7f00:1").family(), Address::Family::ipv4);
}

TEST(Address, ACompatibleOrTranslatedAddressIsNot) {
  EXPECT_EQ(address("::127.0.0.1").family(), Address::Family::ipv6);
  EXPECT_EQ(address("64:ff9b::127.0.0.1").family(), Address::Family::ipv6);
}

TEST(Address, KnowsWildcards) {
  for (const auto* text : {"*", "0.0.0.0", "::", "::!"}) EXPECT_TRUE(address(text).is_wildcard()) << text;
  for (const auto* text : {"127.0.0.1", "::1", "0.0.0.1", "1::"}) EXPECT_FALSE(address(text).is_wildcard()) << text;
}

TEST(Address, KnowsLoopback) {
  for (const auto* text : {"127.0.0.1", "127.0.0.53", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(address(text).is_loopback()) << text;
  }
  for (const auto* text : {"*", "0.0.0.0", "128.0.0.1", "::", "::2", "1::1", "::127.0.0.1"}) {
    EXPECT_FALSE(address(text).is_loopback()) << text;
  }
}

TEST(Address, OnlyTheWildcardCanBeV6Only) {
  EXPECT_TRUE(Address::ipv6({}, true).is_v6only());
  EXPECT_NE(Address::ipv6({}, true), Address::ipv6({}, false));
  const auto loopback = address("::1").bytes();
  EXPECT_EQ(Address::ipv6(loopback, true), Address::ipv6(loopback, false));
}

// What Linux does when both are bound to one port, as measured; a mapped address is the IPv4 address it maps.
TEST(AddressOverlap, IsTheKernelsBindConflict) {
  constexpr std::array addresses{"*", "0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::!", "::1", "::ffff:127.0.0.1"};
  constexpr std::array<std::string_view, 8> expected{
      "xxxxxxxx",  // *
      "xxxxx..x",  // 0.0.0.0
      "xxx.x..x",  // 127.0.0.1
      "xx.xx...",  // 127.0.0.2
      "xxxxxxxx",  // :: of a dual-stack socket
      "x...xxx.",  // :: of a v6-only socket
      "x...xxx.",  // ::1
      "xxx.x..x",  // ::ffff:127.0.0.1
  };
  for (std::size_t left = 0; left < addresses.size(); ++left) {
    for (std::size_t right = 0; right < addresses.size(); ++right) {
      EXPECT_EQ(Address::overlap(address(addresses[left]), address(addresses[right])), expected[left][right] == 'x')
          << addresses[left] << " and " << addresses[right];
    }
  }
}

using Bytes = std::array<std::uint8_t, 16>;

RC_GTEST_PROP(AddressProperty, EveryAddressReadsBackAsItself, (const Bytes& bytes)) {
  const auto made = Address::ipv6(bytes);
  RC_ASSERT(Address::parse(made.to_string()) == made);
  const auto old = Address::ipv4({bytes[0], bytes[1], bytes[2], bytes[3]});
  RC_ASSERT(Address::parse(old.to_string()) == old);
}

RC_GTEST_PROP(AddressProperty, ASpecificAddressOverlapsItselfAndTheWildcardsOfItsFamilyAlone, (const Bytes& bytes)) {
  RC_PRE(bytes != Bytes{});
  const auto made = Address::ipv6(bytes);
  RC_PRE(made.family() == Address::Family::ipv6);
  for (const auto* wildcard : {"*", "::", "::!"}) RC_ASSERT(Address::overlap(made, address(wildcard)));
  RC_ASSERT(!Address::overlap(made, address("0.0.0.0")));
  RC_ASSERT(Address::overlap(made, made));
  auto other = bytes;
  ++other[7];
  RC_ASSERT(!Address::overlap(made, Address::ipv6(other)) || other == Bytes{});
}

RC_GTEST_PROP(AddressProperty, NoTextIsReadAsAnAddressThatItDoesNotSay, (const std::string& text)) {
  if (const auto read = Address::parse(text)) RC_ASSERT(Address::parse(read->to_string()) == read);
}

}  // namespace
}  // namespace berth
