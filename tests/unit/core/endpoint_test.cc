#include "core/endpoint.h"

#include <gmock/gmock.h>

#include <array>
#include <string_view>

#include "unit/core/written.h"

namespace berth {
namespace {

using tests::endpoint;
using tests::ports;

constexpr std::array protocols{Protocol::tcp, Protocol::udp, Protocol::tcp_udp};

TEST(Protocol, TcpAndUdpNeverConflict) {
  for (const auto left : protocols) {
    for (const auto right : protocols) {
      const bool both = left == right || left == Protocol::tcp_udp || right == Protocol::tcp_udp;
      EXPECT_EQ(overlap(left, right), both) << to_string(left) << " and " << to_string(right);
    }
  }
}

TEST(Protocol, ReadsBackItsOwnWords) {
  for (const auto protocol : protocols) EXPECT_EQ(parse_protocol(to_string(protocol)), protocol);
  for (const std::string_view text : {"", "TCP", "tcp ", "udp+tcp", "tcp/udp", "sctp", "tcp+udp+tcp"}) {
    EXPECT_EQ(parse_protocol(text), std::nullopt) << text;
  }
}

TEST(PortRange, CountsBothEnds) {
  EXPECT_EQ(ports("8080").size(), 1U);
  EXPECT_EQ(ports("10000-10100").size(), 101U);
  EXPECT_EQ((PortRange{1, 65535}.size()), 65535U);
}

TEST(PortRange, ContainsItsEnds) {
  const PortRange range{80, 90};
  for (const auto port : {Port{80}, Port{85}, Port{90}}) EXPECT_TRUE(range.contains(port));
  for (const auto port : {Port{79}, Port{91}}) EXPECT_FALSE(range.contains(port));
  EXPECT_TRUE(range.contains(PortRange{80, 90}));
  EXPECT_FALSE(range.contains(PortRange{79, 90}));
  EXPECT_FALSE(range.contains(PortRange{80, 91}));
}

TEST(PortRange, OverlapsWhereOnePortIsInBoth) {
  EXPECT_TRUE(overlap(ports("80-90"), ports("90-99")));
  EXPECT_TRUE(overlap(ports("80-90"), ports("70-80")));
  EXPECT_TRUE(overlap(ports("80-90"), ports("85")));
  EXPECT_TRUE(overlap(ports("85"), ports("80-90")));
  EXPECT_FALSE(overlap(ports("80-90"), ports("91-99")));
  EXPECT_FALSE(overlap(ports("80"), ports("81")));
}

TEST(Endpoint, IsWrittenInFullForMessages) {
  EXPECT_EQ(to_string(endpoint("8080")), "8080/tcp");
  EXPECT_EQ(to_string(endpoint("127.0.0.1:53/tcp+udp")), "127.0.0.1:53/tcp+udp");
  EXPECT_EQ(to_string(endpoint("[::1]:8080-8090")), "[::1]:8080-8090/tcp");
  EXPECT_EQ(to_string(endpoint("0.0.0.0:1/udp")), "0.0.0.0:1/udp");
}

TEST(Endpoint, IsWrittenAsShortAsCanBeForCommands) {
  for (const auto* spec : {"8080", "53/tcp+udp", "127.0.0.1:5432", "[::1]:8080", "10000-10100/udp"}) {
    EXPECT_EQ(to_spec(endpoint(spec)), spec);
  }
  EXPECT_EQ(to_spec(endpoint("*:8080/tcp")), "8080");
}

TEST(Endpoint, OverlapsWhereAddressProtocolAndPortDo) {
  struct Case {
    const char* left;
    const char* right;
    bool expected;
  };
  for (const auto& [left, right, expected] : {
           Case{"8080", "8080", true},
           Case{"8080", "8081", false},
           Case{"8080", "8080/udp", false},
           Case{"8080", "8080/tcp+udp", true},
           Case{"8080/udp", "8080/tcp+udp", true},
           Case{"8080", "8000-8100", true},
           Case{"127.0.0.1:80", "127.0.0.2:80", false},
           Case{"127.0.0.1:80", "[::1]:80", false},
           Case{"127.0.0.1:80", "80", true},
           Case{"127.0.0.1:80", "[::]:80", true},
           Case{"127.0.0.1:80", "[::!]:80", false},
           Case{"127.0.0.1:80", "[::]:80/udp", false},
           Case{"127.0.0.1:80", "[::]:81", false},
       }) {
    EXPECT_EQ(overlap(endpoint(left), endpoint(right)), expected) << left << " and " << right;
    EXPECT_EQ(overlap(endpoint(right), endpoint(left)), expected) << right << " and " << left;
  }
}

TEST(Endpoint, OnAnotherPortKeepsAddressAndProtocol) {
  EXPECT_EQ(endpoint("127.0.0.1:53/udp").at(54), endpoint("127.0.0.1:54/udp"));
  EXPECT_EQ(endpoint("[::1]:1-9").at(ports("11-19")), endpoint("[::1]:11-19"));
}

}  // namespace
}  // namespace berth
