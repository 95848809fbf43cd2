#include "discover/compose_ports.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

Address address(const std::string& text) { return Address::parse(text).value(); }
constexpr PortRange one(Port port) { return {port, port}; }

struct Case {
  std::string text;
  PortMapping expected;
};

class ShortPort : public testing::TestWithParam<Case> {};

TEST_P(ShortPort, IsRead) { EXPECT_EQ(parse_short_port(GetParam().text), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(Forms, ShortPort,
                         testing::ValuesIn<Case>({
                             {"80", {{}, {}, one(80)}},
                             {"8080:80", {{}, one(8080), one(80)}},
                             {"22:22", {{}, one(22), one(22)}},
                             {"65535:1", {{}, one(65535), one(1)}},
                             {"008080:080", {{}, one(8080), one(80)}},
                             {"53:53/udp", {{}, one(53), one(53), Protocol::udp}},
                             {"53:53/UDP", {{}, one(53), one(53), Protocol::udp}},
                             {"53:53/Tcp", {{}, one(53), one(53)}},
                             {"53:53/", {{}, one(53), one(53)}},
                             {"36412:36412/sctp", {{}, one(36412), one(36412), std::nullopt}},
                             {"3000-3005", {{}, {}, {3000, 3005}}},
                             {"3000-3005:4000-4005", {{}, PortRange{3000, 3005}, {4000, 4005}}},
                             {"3000-3005:80", {{}, PortRange{3000, 3005}, one(80)}},
                             {"7000-7000:80", {{}, one(7000), one(80)}},
                             {"127.0.0.1:8080:80", {address("127.0.0.1"), one(8080), one(80)}},
                             {"127.0.0.1::80", {address("127.0.0.1"), {}, one(80)}},
                             {"127.0.0.1:5000-5010:5000-5010/udp",
                              {address("127.0.0.1"), PortRange{5000, 5010}, {5000, 5010}, Protocol::udp}},
                             {"0.0.0.0:80:80", {address("0.0.0.0"), one(80), one(80)}},
                             {"[::1]:8080:80", {address("::1"), one(8080), one(80)}},
                             {"::1:8080:80", {address("::1"), one(8080), one(80)}},
                             {"[::]:443:443/udp", {address("::"), one(443), one(443), Protocol::udp}},
                             {":80", {{}, {}, one(80)}},
                             {"0:80", {{}, {}, one(80)}},
                         }));

class RefusedShortPort : public testing::TestWithParam<std::string> {};
TEST_P(RefusedShortPort, IsRefused) { EXPECT_FALSE(parse_short_port(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Texts, RefusedShortPort,
                         testing::Values("", ":", "8080:", "0", "65536", "80:65536", "-1:80", "80:-1", "a:80", "80:a",
                                         "80=80", "53/udp:53/udp", "80:80/icmp", "80:80/tcp/udp", "3005-3000:80",
                                         "3000-3001:80-82", "80:80-81", "80 ", " 80", "8080: 80", "localhost:80:80",
                                         "999.0.0.1:80:80", "*:80:80", "[::1:80:80", "0-5:80", "1-2-3:80", "+80:80",
                                         "80.0", "1e3:80", "0x50:80"));

TEST(RefusedShortPort, QuotesTheText) {
  EXPECT_EQ(parse_short_port("8080:eighty").error(), "'eighty' is not a port of a container");
  EXPECT_EQ(parse_short_port("70000:80").error(), "'70000' is not a port");
  EXPECT_EQ(parse_short_port("1-2:1-3").error(), "'1-2' and '1-3' are not equally many ports");
}

TEST(LongPort, IsRead) {
  EXPECT_EQ(parse_long_port({"80", "8080", "127.0.0.1", "udp"}),
            (PortMapping{address("127.0.0.1"), one(8080), one(80), Protocol::udp}));
  EXPECT_EQ(parse_long_port({"80", "", "", ""}), (PortMapping{{}, {}, one(80)}));
  EXPECT_EQ(parse_long_port({"80", "0", "", ""}), (PortMapping{{}, {}, one(80)}));
  EXPECT_EQ(parse_long_port({"80", "8080-8090", "", "TCP"}), (PortMapping{{}, PortRange{8080, 8090}, one(80)}));
  EXPECT_EQ(parse_long_port({"80", "80", "::1", ""}), (PortMapping{address("::1"), one(80), one(80)}));
}
TEST(LongPort, IsRefused) {
  EXPECT_EQ(parse_long_port({"", "80", "", ""}).error(), "the container's port is missing");
  EXPECT_FALSE(parse_long_port({"80-81", "80-81", "", ""}));
  EXPECT_FALSE(parse_long_port({"80", "80", "localhost", ""}));
  EXPECT_FALSE(parse_long_port({"80", "80", "", "http"}));
}

}  // namespace
}  // namespace berth::discover
