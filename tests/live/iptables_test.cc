// Each form of a rule of iptables takes its ports and no others: by iptables-nft, which keeps its rules in nf_tables,
// and by iptables-legacy, which does not; for IPv4 and IPv6.
#include <gmock/gmock.h>

#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "core/census.h"
#include "inspect/nat.h"
#include "live/packet_filter.h"

namespace berth::live {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

struct Form {
  std::string name;
  // Of the table nat, each behind the program's name. $ANY and the like are addresses, see below.
  std::vector<std::string> rules;
  std::vector<std::string> taken;
};

void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }

const std::vector<Form> forms{
    {"Redirect", {"-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080"}, {"$ANY:80/tcp -> :8080"}},
    {"RedirectToARange",
     {"-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080-8090"},
     {"$ANY:80/tcp -> :8080-8090"}},
    {"RedirectToItsOwnPortTakesNone", {"-A PREROUTING -p tcp --dport 80 -j REDIRECT"}, {}},
    {"Dnat", {"-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination $THERE:8080"}, {"$ANY:80/tcp -> $THERE:8080"}},
    {"DnatWithoutPort",
     {"-A PREROUTING -p udp --dport 53 -j DNAT --to-destination $THEIR"},
     {"$ANY:53/udp -> $THERE:53"}},
    {"Range",
     {"-A PREROUTING -p tcp --dport 7000:7003 -j DNAT --to-destination $THEIR"},
     {"$ANY:7000-7003/tcp -> $THERE:7000-7003"}},
    {"Multiport",
     {"-A PREROUTING -p tcp -m multiport --dports 80,443,9000:9010 -j DNAT --to-destination $THERE:1"},
     {"$ANY:80/tcp -> $THERE:1", "$ANY:443/tcp -> $THERE:1", "$ANY:9000-9010/tcp -> $THERE:1"}},
    {"MultiportOfTheSource",
     {"-A PREROUTING -p tcp --dport 80 -m multiport --sports 1,2 -j REDIRECT --to-ports 1"},
     {"$ANY:80/tcp -> :1"}},
    {"AllButSome",
     {"-A PREROUTING -p tcp --dport 80:82 -m multiport ! --dports 81,99 -j REDIRECT --to-ports 1"},
     {"$ANY:80/tcp -> :1", "$ANY:82/tcp -> :1"}},
    {"Output", {"-A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 1"}, {"$ANY:80/tcp -> :1"}},
    {"OfThisMachine", {"-A OUTPUT -d $LOCAL -p tcp --dport 80 -j REDIRECT --to-ports 1"}, {"$HERE:80/tcp -> :1"}},
    {"OfAnother", {"-A PREROUTING -d $OTHER -p tcp --dport 80 -j DNAT --to-destination $THERE:1"}, {}},
    {"AllButOne", {"-A OUTPUT ! -d $LOCAL -p tcp --dport 80 -j REDIRECT --to-ports 1"}, {"$ANY:80/tcp -> :1"}},
    {"AnyLocal",
     {"-A PREROUTING -p tcp --dport 80 -m addrtype --dst-type LOCAL -j REDIRECT --to-ports 1"},
     {"$ANY:80/tcp -> :1"}},
    {"NoneLocal", {"-A PREROUTING -p tcp --dport 80 -m addrtype ! --dst-type LOCAL -j REDIRECT --to-ports 1"}, {}},
    {"AnAddressRange",
     {"-A OUTPUT -p tcp --dport 80 -m iprange --dst-range $LOCAL-$LOCAL -j REDIRECT --to-ports 1"},
     {"$HERE:80/tcp -> :1"}},
    {"SomeOfTheTraffic",
     {"-A PREROUTING -i eth0 -s $OTHER -p tcp --dport 80 -m comment --comment x -m mark --mark 1 -m conntrack "
      "--ctstate "
      "NEW -j REDIRECT --to-ports 1"},
     {"$ANY:80/tcp -> :1"}},
    {"AnException",
     {"-A PREROUTING -p tcp --dport 81 -j RETURN", "-A PREROUTING -p tcp --dport 80:82 -j REDIRECT --to-ports 1"},
     {"$ANY:80/tcp -> :1", "$ANY:82/tcp -> :1"}},
    {"Goto",
     {"-N there", "-A there -p tcp -j DNAT --to-destination $THERE:1", "-A PREROUTING -p tcp --dport 80 -g there",
      "-A PREROUTING -p tcp --dport 80:81 -j REDIRECT --to-ports 2"},
     {"$ANY:80/tcp -> $THERE:1", "$ANY:81/tcp -> :2"}},
    {"NoTarget", {"-A PREROUTING -p tcp --dport 80"}, {}},
    {"AChainThatNothingLeadsTo", {"-N lost", "-A lost -p tcp --dport 80 -j DNAT --to-destination $THERE:1"}, {}},
    {"SourcesAlone",
     {"-A POSTROUTING -p tcp --dport 80 -j MASQUERADE", "-A POSTROUTING -p tcp --dport 81 -j SNAT --to-source $OTHER"},
     {}},
    {"LikeDocker",
     {"-N DOCKER", "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
      "-A OUTPUT ! -d $LOCAL -m addrtype --dst-type LOCAL -j DOCKER",
      "-A POSTROUTING -s $OTHER ! -o docker0 -j MASQUERADE", "-A DOCKER -i docker0 -j RETURN",
      "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination $THERE:80",
      "-A DOCKER -d $LOCAL ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination $THERE:81",
      "-A DOCKER ! -i docker0 -p udp -m udp --dport 53 -j DNAT --to-destination $THERE:53"},
     {"$ANY:53/udp -> $THERE:53", "$ANY:8080/tcp -> $THERE:80", "$HERE:8081/tcp -> $THERE:81"}},
    {"LikePodman",
     {"-N CNI-HOSTPORT-DNAT", "-N CNI-DN-1234", "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
      "-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment dnat -m multiport --dports 18080,18081 -j CNI-DN-1234",
      "-A CNI-DN-1234 -s $OTHER -p tcp -m tcp --dport 18080 -j MARK --set-mark 1",
      "-A CNI-DN-1234 -p tcp -m tcp --dport 18080 -j DNAT --to-destination $THERE:80",
      "-A CNI-DN-1234 -p tcp -m tcp --dport 18081 -j DNAT --to-destination $THERE:81"},
     {"$ANY:18080/tcp -> $THERE:80", "$ANY:18081/tcp -> $THERE:81"}},
    {"LikeKubernetes",
     {"-N KUBE-SERVICES", "-N KUBE-NODEPORTS", "-N KUBE-SVC-A", "-N KUBE-SEP-A", "-N KUBE-MARK-MASQ",
      "-A PREROUTING -j KUBE-SERVICES", "-A OUTPUT -j KUBE-SERVICES", "-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000",
      "-A KUBE-SERVICES -d $OTHER -p tcp -m tcp --dport 443 -j KUBE-SVC-A",
      "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
      "-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-A", "-A KUBE-SVC-A ! -s $OTHER -j KUBE-MARK-MASQ",
      "-A KUBE-SVC-A -m statistic --mode random --probability 0.5 -j KUBE-SEP-A", "-A KUBE-SVC-A -j KUBE-SEP-A",
      "-A KUBE-SEP-A -s $THEIR -j KUBE-MARK-MASQ", "-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination $THERE:6443"},
     {"$ANY:30080/tcp -> $THERE:6443"}},
};

const std::vector<std::string> programs{"iptables-nft", "iptables-legacy", "ip6tables-nft", "ip6tables-legacy"};

class Iptables : public PacketFilterTest, public testing::WithParamInterface<std::tuple<std::string, Form>> {
 protected:
  void SetUp() override {
    if (!has_program(program())) GTEST_SKIP() << program() << " is not installed";
    PacketFilterTest::SetUp();
  }

  static const std::string& program() { return std::get<0>(GetParam()); }
  static const Form& form() { return std::get<1>(GetParam()); }

  // With the addresses of the program's family.
  static std::string filled_in(std::string text) {
    const bool ipv6 = program().starts_with("ip6");
    const std::vector<std::pair<std::string, std::string>> words{
        {"$ANY", ipv6 ? "[::]" : "0.0.0.0"},         {"$HERE", ipv6 ? "[::1]" : "127.0.0.1"},
        {"$LOCAL", ipv6 ? "::1" : "127.0.0.1"},      {"$OTHER", ipv6 ? "2001:db8::7" : "203.0.113.7"},
        {"$THERE", ipv6 ? "[fd00::2]" : "10.0.0.2"}, {"$THEIR", ipv6 ? "fd00::2" : "10.0.0.2"}};
    for (const auto& [word, address] : words) {
      for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + address.size())) {
        text.replace(at, word.size(), address);
      }
    }
    return text;
  }

  // All at once, as iptables-restore takes them.
  static void apply(const std::vector<std::string>& rules) {
    std::string input = "*nat\n";
    for (const auto& rule : rules) input += filled_in(rule) + "\n";
    run(program() + "-restore", input + "COMMIT\n");
  }
};

TEST_P(Iptables, TakesItsPorts) {
  apply(form().rules);
  std::vector<std::string> expected;
  for (const auto& line : form().taken) expected.push_back(filled_in(line));
  EXPECT_THAT(taken(), ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(Forms, Iptables, testing::Combine(testing::ValuesIn(programs), testing::ValuesIn(forms)),
                         [](const auto& one) {
                           auto name = std::get<0>(one.param) + "_" + std::get<1>(one.param).name;
                           std::erase(name, '-');
                           return name;
                         });

class Legacy : public PacketFilterTest {
 protected:
  void SetUp() override {
    if (!has_program("iptables-legacy")) GTEST_SKIP() << "iptables-legacy is not installed";
    PacketFilterTest::SetUp();
  }
  static std::string tables() {
    const std::ifstream file("/proc/thread-self/net/ip_tables_names");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
};

TEST_F(Legacy, LookingMakesNoTable) {
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(tables(), "");
}

TEST_F(Legacy, OtherTablesTakeNothingAndAreLeftAlone) {
  run("iptables-legacy -A INPUT -p tcp --dport 80 -j DROP; iptables-legacy -t mangle -A PREROUTING -p tcp --dport 80 "
      "-j "
      "MARK --set-mark 1");
  const auto before = tables();
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(tables(), before);
}

}  // namespace
}  // namespace berth::live
