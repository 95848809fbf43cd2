// Each form of a rule of nftables takes its ports and no others.
#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

#include "inspect/nat.h"
#include "live/packet_filter.h"

namespace berth::live {
namespace {

using testing::ElementsAreArray;

struct Form {
  std::string name;
  // Of the chain `pre`, which is at the hook prerouting.
  std::string rules;
  std::vector<std::string> taken;
  std::string family = "ip";
  // What else is in the table.
  std::string beside = {};
};

class Nft : public PacketFilterTest, public testing::WithParamInterface<Form> {
 protected:
  void SetUp() override {
    if (!has_program("nft")) GTEST_SKIP() << "nft is not installed";
    PacketFilterTest::SetUp();
  }
};

std::string ruleset(const Form& form) {
  return "table " + form.family + " t {\n" + form.beside +
         "\nchain pre { type nat hook prerouting priority dstnat; policy accept;\n" + form.rules + "\n}\n}\n";
}

TEST_P(Nft, TakesItsPorts) {
  run("nft -f -", ruleset(GetParam()));
  EXPECT_THAT(taken(), ElementsAreArray(GetParam().taken));
}

void PrintTo(const Form& form, std::ostream* out) { *out << form.rules; }

std::string name_of(const testing::TestParamInfo<Form>& form) { return form.param.name; }

const std::vector<Form> ports{
    {"One", "tcp dport 80 redirect to :8080", {"0.0.0.0:80/tcp -> :8080"}},
    {"Udp", "udp dport 53 redirect to :5353", {"0.0.0.0:53/udp -> :5353"}},
    {"BothProtocols", "meta l4proto { tcp, udp } th dport 53 redirect to :5353", {"0.0.0.0:53/tcp+udp -> :5353"}},
    {"Range", "tcp dport 7000-7003 dnat to 10.0.0.2", {"0.0.0.0:7000-7003/tcp -> 10.0.0.2:7000-7003"}},
    {"AnonymousSet",
     "tcp dport { 80, 443, 9000-9010 } dnat to 10.0.0.2:1",
     {"0.0.0.0:80/tcp -> 10.0.0.2:1", "0.0.0.0:443/tcp -> 10.0.0.2:1", "0.0.0.0:9000-9010/tcp -> 10.0.0.2:1"}},
    {"AnonymousSetOfPorts",
     "tcp dport { 80, 443 } dnat to 10.0.0.2:1",
     {"0.0.0.0:80/tcp -> 10.0.0.2:1", "0.0.0.0:443/tcp -> 10.0.0.2:1"}},
    {"NamedSet",
     "tcp dport @web dnat to 10.0.0.2:1",
     {"0.0.0.0:80-81/tcp -> 10.0.0.2:1"},
     "ip",
     "set web { type inet_service; elements = { 80, 81 }; }"},
    {"NamedIntervals",
     "tcp dport @web dnat to 10.0.0.2:1",
     {"0.0.0.0:80/tcp -> 10.0.0.2:1", "0.0.0.0:90-99/tcp -> 10.0.0.2:1", "0.0.0.0:65000-65535/tcp -> 10.0.0.2:1"},
     "ip",
     "set web { type inet_service; flags interval; elements = { 80, 90-99, 65000-65535 }; }"},
    {"OpenInterval",
     "tcp dport @web dnat to 10.0.0.2:1",
     {"0.0.0.0:65000-65535/tcp -> 10.0.0.2:1"},
     "ip",
     "set web { type inet_service; flags interval; elements = { 65000-65535 }; }"},
    {"EveryPortOfASet",
     "tcp dport < 100 tcp dport @web dnat to 10.0.0.2:1",
     {"0.0.0.0:1-99/tcp -> 10.0.0.2:1"},
     "ip",
     "set web { type inet_service; flags interval; elements = { 0-65535 }; }"},
    {"EmptySet", "tcp dport @web dnat to 10.0.0.2:1", {}, "ip", "set web { type inet_service; }"},
    {"SetOfProtocolAndPort",
     "meta l4proto . th dport { tcp . 80, udp . 53 } dnat to 10.0.0.1",
     {"0.0.0.0:53/udp -> 10.0.0.1:53", "0.0.0.0:80/tcp -> 10.0.0.1:80"}},
    {"Masked", "tcp dport & 0xfffc == 8080 redirect to :1", {"0.0.0.0:8080-8083/tcp -> :1"}},
    {"MergedWithTheSource", "tcp sport 5 tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"Comparison", "tcp dport < 3 redirect to :1000", {"0.0.0.0:1-2/tcp -> :1000"}},
    {"OnePortIsExcepted",
     "tcp dport 81 accept\ntcp dport 80-82 redirect to :1",
     {"0.0.0.0:80/tcp -> :1", "0.0.0.0:82/tcp -> :1"}},
    {"OnePortIsExceptedForSome",
     "ip saddr 10.0.0.1 tcp dport 81 accept\ntcp dport 80-82 redirect to :1",
     {"0.0.0.0:80-82/tcp -> :1"}},
    {"TheFirstRuleWins", "tcp dport 80 redirect to :1\ntcp dport 80 redirect to :2", {"0.0.0.0:80/tcp -> :1"}},
    {"RedirectToItsOwnPortTakesNone", "tcp dport 53 redirect to :53\nudp dport 53 redirect", {}},
    {"RedirectOfARange", "tcp dport 80-82 redirect to :81", {"0.0.0.0:80/tcp -> :81", "0.0.0.0:82/tcp -> :81"}},
    {"TargetRange",
     "tcp dport 80 dnat to 10.0.0.2-10.0.0.5:1000-1005",
     {"0.0.0.0:80/tcp -> 10.0.0.2-10.0.0.5:1000-1005"}},
};
INSTANTIATE_TEST_SUITE_P(Ports, Nft, testing::ValuesIn(ports), name_of);

const std::vector<Form> maps{
    {"PortToAddress",
     "dnat to tcp dport map { 80 : 10.0.0.1, 443 : 10.0.0.2 }",
     {"0.0.0.0:80/tcp -> 10.0.0.1:80", "0.0.0.0:443/tcp -> 10.0.0.2:443"}},
    {"PortToAddressAndPort",
     "dnat ip to tcp dport map @m",
     {"0.0.0.0:8500/tcp -> 127.0.0.1:3000", "0.0.0.0:8600/tcp -> 10.0.0.1:80"},
     "ip",
     "map m { type inet_service : ipv4_addr . inet_service; elements = { 8500 : 127.0.0.1 . 3000, 8600 : 10.0.0.1 . 80 "
     "}; }"},
    {"PortToPort",
     "meta l4proto tcp redirect to :tcp dport map { 80 : 8080, 443 : 8443 }",
     {"0.0.0.0:80/tcp -> :8080", "0.0.0.0:443/tcp -> :8443"}},
    {"Intervals",
     "dnat to tcp dport map @m",
     {"0.0.0.0:100-199/tcp -> 10.0.0.1:100-199", "0.0.0.0:200-299/tcp -> 10.0.0.2:200-299"},
     "ip",
     "map m { type inet_service : ipv4_addr; flags interval; elements = { 100-199 : 10.0.0.1, 200-299 : 10.0.0.2 }; }"},
    {"AddressAndPort",
     "dnat ip to ip daddr . tcp dport map { 127.0.0.1 . 80 : 10.0.0.2 . 8080, 203.0.113.1 . 81 : 10.0.0.2 . 8081 }",
     {"127.0.0.1:80/tcp -> 10.0.0.2:8080"}},
    {"ConcatenatedIntervals",
     "dnat to ip daddr . tcp dport map @m",
     {"127.0.0.1:100-199/tcp -> 10.0.0.1:100-199"},
     "ip",
     "map m { type ipv4_addr . inet_service : ipv4_addr; flags interval; elements = { 127.0.0.1 . 100-199 : 10.0.0.1, "
     "203.0.113.0/24 . 5 : 10.0.0.2 }; }"},
    {"Balanced",
     "tcp dport 80 dnat to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }",
     {"0.0.0.0:80/tcp -> 10.0.0.1:80", "0.0.0.0:80/tcp -> 10.0.0.2:80"}},
    {"Verdicts",
     "tcp dport vmap { 80 : jump web, 22 : accept, 90-91 : goto other }\ntcp dport 22 redirect to :1",
     {"0.0.0.0:80/tcp -> 10.0.0.1:80", "0.0.0.0:90-91/tcp -> :9"},
     "ip",
     "chain web { dnat to 10.0.0.1; }\nchain other { meta l4proto tcp redirect to :9; }"},
    {"VerdictsOfAddressAndPort",
     "ip daddr . meta l4proto . th dport vmap @services",
     {"127.0.0.1:80/tcp -> 10.0.0.1:8080"},
     "ip",
     "chain web { meta l4proto tcp dnat to 10.0.0.1:8080; }\nmap services { type ipv4_addr . inet_proto . inet_service "
     ": "
     "verdict; elements = { 127.0.0.1 . tcp . 80 : goto web, 10.96.0.1 . tcp . 443 : goto web }; }"},
};
INSTANTIATE_TEST_SUITE_P(Maps, Nft, testing::ValuesIn(maps), name_of);

const std::vector<Form> addresses{
    {"OfThisMachine", "ip daddr 127.0.0.1 tcp dport 80 redirect to :1", {"127.0.0.1:80/tcp -> :1"}},
    {"OfAnother", "ip daddr 203.0.113.7 tcp dport 80 dnat to 10.0.0.2", {}},
    {"AllButOne", "ip daddr != 127.0.0.1 tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"WholeNet", "ip daddr 127.0.0.0/8 tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"OddNet",
     "ip daddr 127.0.0.0/30 tcp dport 80 redirect to :1",
     {"127.0.0.0:80/tcp -> :1", "127.0.0.1:80/tcp -> :1", "127.0.0.2:80/tcp -> :1", "127.0.0.3:80/tcp -> :1"}},
    {"AnyLocal", "fib daddr type local tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"NoneLocal", "fib daddr type != local tcp dport 80 redirect to :1", {}},
    {"ASource", "ip saddr 10.0.0.0/8 tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"AnInterface", "iifname \"eth0\" tcp dport 80 redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"AMark", "meta mark 5 ct state new tcp dport 80 counter redirect to :1", {"0.0.0.0:80/tcp -> :1"}},
    {"AnInterfaceAndAPort",
     "iifname . tcp dport { \"eth0\" . 80, \"eth1\" . 81 } redirect to :1",
     {"0.0.0.0:80/tcp -> :1", "0.0.0.0:81/tcp -> :1"}},
    {"IPv6", "tcp dport 80 dnat to [fd00::2]:81", {"[::]:80/tcp -> [fd00::2]:81"}, "ip6"},
    {"IPv6WithoutPort", "tcp dport 80 dnat to fd00::2", {"[::]:80/tcp -> [fd00::2]:80"}, "ip6"},
    {"IPv6Address", "ip6 daddr ::1 udp dport 80 redirect to :1", {"[::1]:80/udp -> :1"}, "ip6"},
    {"IPv6Map",
     "dnat to tcp dport map { 80 : fd00::1, 81 : fd00::2 }",
     {"[::]:80/tcp -> [fd00::1]:80", "[::]:81/tcp -> [fd00::2]:81"},
     "ip6"},
    {"BothFamilies", "tcp dport 80 redirect to :1", {"80/tcp -> :1"}, "inet"},
    {"IPv4OfBoth", "tcp dport 80 dnat ip to 10.0.0.2:1", {"0.0.0.0:80/tcp -> 10.0.0.2:1"}, "inet"},
    {"IPv6OfBoth", "meta nfproto ipv6 tcp dport 80 redirect to :1", {"[::]:80/tcp -> :1"}, "inet"},
    {"EachOfBoth",
     "tcp dport 80 dnat ip to 10.0.0.2:1\ntcp dport 80 dnat ip6 to [fd00::2]:1",
     {"0.0.0.0:80/tcp -> 10.0.0.2:1", "[::]:80/tcp -> [fd00::2]:1"},
     "inet"},
};
INSTANTIATE_TEST_SUITE_P(Addresses, Nft, testing::ValuesIn(addresses), name_of);

const std::vector<Form> elsewhere{
    {"OutgoingTraffic",
     "",
     {"0.0.0.0:80/tcp -> :1"},
     "ip",
     "chain out { type nat hook output priority -100; tcp dport 80 redirect to :1; }"},
    {"SourcesAlone",
     "",
     {},
     "ip",
     "chain post { type nat hook postrouting priority srcnat; tcp dport 80 masquerade; tcp dport 81 snat to 10.0.0.1; "
     "}"},
    {"InputOfSources", "", {}, "ip", "chain in { type nat hook input priority 100; tcp dport 81 snat to 10.0.0.1; }"},
    {"AFilter",
     "",
     {},
     "ip",
     "chain in { type filter hook input priority filter; tcp dport 80 drop; }\nchain mangle { type filter hook "
     "prerouting priority mangle; tcp dport 81 meta mark set 5; }"},
    {"AChainThatNothingLeadsTo", "", {}, "ip", "chain lost { tcp dport 80 dnat to 10.0.0.1; }"},
};

TEST_F(Nft, OtherChains) {
  for (const auto& form : elsewhere) {
    run("nft -f -", "flush ruleset\n" + ruleset(form));
    EXPECT_THAT(taken(), ElementsAreArray(form.taken)) << form.name;
  }
}

TEST_F(Nft, ADormantTable) {
  run("nft -f -",
      "table ip t { flags dormant; chain pre { type nat hook prerouting priority dstnat; tcp dport 80 "
      "redirect to :1; }; }");
  EXPECT_THAT(taken(), ElementsAreArray(std::vector<std::string>{}));
}

}  // namespace
}  // namespace berth::live
