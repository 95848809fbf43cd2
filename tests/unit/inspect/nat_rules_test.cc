// Rules as values, and what they take; each real form of a rule is a live test.
#include "inspect/nat_rules.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "system/ip_tables_answer.h"
#include "system/nf_tables_answer.h"
#include "unit/system/captured_rules.h"
#include "unit/system/mutations.h"

namespace berth::inspect {
namespace {

using namespace system::netfilter;
using system::IpFamily;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Part = Interval<std::uint16_t>;

Table table_of(std::vector<Rule> rules, Family family = Family::ipv4) {
  Table table{.family = family, .name = "t"};
  table.chains["pre"] = std::move(rules);
  table.entries = {"pre"};
  return table;
}

MatchPorts ports(std::uint16_t first, std::uint16_t last) { return {.destinations = {{first, last}}}; }
MatchPorts port(std::uint16_t number) { return ports(number, number); }
constexpr MatchProtocol tcp{.protocol = 6};
Translate to_port(std::uint16_t number) {
  Translate translate;
  translate.ports = system::PortSpan{number, number};
  translate.to_this_machine = true;
  return translate;
}
Verdict verdict(Verdict::Kind kind, std::string chain = {}) { return {.kind = kind, .chain = std::move(chain)}; }

// The TCP ports of everything that is taken, rule by rule.
std::vector<std::vector<Part>> tcp_ports(const Table& table) {
  std::vector<std::vector<Part>> result;
  for (const auto& taken : follow(table).taken) result.push_back(taken.traffic.tcp.parts());
  return result;
}

TEST(NatRules, ProtocolAndPort) {
  const auto followed = follow(table_of({{tcp, port(80), to_port(1)}}));
  ASSERT_THAT(followed.taken, SizeIs(1));
  EXPECT_THAT(followed.taken[0].traffic.tcp.parts(), ElementsAre(Part{80, 80}));
  EXPECT_TRUE(followed.taken[0].traffic.udp.empty());
  EXPECT_TRUE(followed.taken[0].traffic.is_exact);
  EXPECT_TRUE(followed.is_complete);
}

TEST(NatRules, EachFamilyOfATableForBoth) {
  const auto followed = follow(table_of({{tcp, port(80), to_port(1)}}, Family::both));
  ASSERT_THAT(followed.taken, SizeIs(2));
  EXPECT_EQ(followed.taken[0].traffic.family, IpFamily::ipv4);
  EXPECT_EQ(followed.taken[1].traffic.family, IpFamily::ipv6);
}

TEST(NatRules, AnUnreadConditionLetsEverythingThrough) {
  const auto followed = follow(table_of({{tcp, port(80), Unread{"odd"}, to_port(1)}}));
  ASSERT_THAT(followed.taken, SizeIs(1));
  EXPECT_THAT(followed.taken[0].traffic.tcp.parts(), ElementsAre(Part{80, 80}));
  EXPECT_EQ(followed.taken[0].traffic.unread, "odd");
}

TEST(NatRules, AnExceptionIsTakenOff) {
  EXPECT_THAT(tcp_ports(table_of({{tcp, port(5), verdict(Verdict::Kind::accept)}, {tcp, ports(4, 6), to_port(1)}})),
              ElementsAre(ElementsAre(Part{4, 4}, Part{6, 6})));
}

TEST(NatRules, AnUncertainExceptionIsNot) {
  for (const Expression& condition : std::vector<Expression>{Narrow{}, Unread{"odd"}}) {
    EXPECT_THAT(
        tcp_ports(table_of({{tcp, port(5), condition, verdict(Verdict::Kind::drop)}, {tcp, ports(4, 6), to_port(1)}})),
        ElementsAre(ElementsAre(Part{4, 6})));
  }
}

TEST(NatRules, AnExceptionOfOneAddressIsNotOneOfThePort) {
  const MatchDestination here{.first = {127, 0, 0, 1}, .last = {127, 0, 0, 1}};
  EXPECT_THAT(tcp_ports(table_of({{here, tcp, port(5), verdict(Verdict::Kind::accept)}, {tcp, port(5), to_port(1)}})),
              ElementsAre(ElementsAre(Part{5, 5})));
}

TEST(NatRules, AJumpComesBack) {
  auto table = table_of({{tcp, port(5), verdict(Verdict::Kind::jump, "other")}, {tcp, ports(4, 6), to_port(1)}});
  table.chains["other"] = {{Narrow{}, to_port(2)}};
  EXPECT_THAT(tcp_ports(table), ElementsAre(ElementsAre(Part{5, 5}), ElementsAre(Part{4, 6})));
}

TEST(NatRules, AGotoDoesNot) {
  auto table = table_of({{tcp, port(5), verdict(Verdict::Kind::go_to, "other")}, {tcp, ports(4, 6), to_port(1)}});
  table.chains["other"] = {{Narrow{}, to_port(2)}};
  EXPECT_THAT(tcp_ports(table), ElementsAre(ElementsAre(Part{5, 5}), ElementsAre(Part{4, 4}, Part{6, 6})));
}

TEST(NatRules, AChainThatIsNotThere) {
  EXPECT_THAT(tcp_ports(table_of({{verdict(Verdict::Kind::jump, "nowhere")}})), IsEmpty());
}

TEST(NatRules, ASetThatIsNotThereNarrowsNothing) {
  const Load load{.subject = Subject::transport_header, .offset = 2, .length = 2, .to = 0};
  const auto followed = follow(table_of({{load, Lookup{.set = "gone", .from = 0, .to = {}}, to_port(1)}}));
  ASSERT_THAT(followed.taken, SizeIs(1));
  EXPECT_EQ(followed.taken[0].traffic.tcp, every_port());
  EXPECT_EQ(followed.taken[0].traffic.unread, "@gone");
}

TEST(NatRules, ARegisterThatIsWrittenAnewIsNoPort) {
  const Load load{.subject = Subject::transport_header, .offset = 2, .length = 2, .to = 1};
  const Load over{.subject = Subject::other, .offset = 0, .length = 0, .to = 0};
  const Compare compare{.first = {0, 80}, .last = {0, 80}, .from = 1};
  EXPECT_THAT(tcp_ports(table_of({{load, compare, tcp, to_port(1)}})), ElementsAre(ElementsAre(Part{80, 80})));
  EXPECT_THAT(tcp_ports(table_of({{load, over, compare, tcp, to_port(1)}})), ElementsAre(ElementsAre(Part{1, 65535})));
}

TEST(NatRules, ChainsInACircleAreGivenUp) {
  auto table = table_of({{verdict(Verdict::Kind::jump, "pre")}});
  EXPECT_FALSE(follow(table).is_complete);
}

TEST(NatRules, TooManyWaysAreGivenUp) {
  auto table = table_of({{verdict(Verdict::Kind::jump, "0")}});
  for (int i = 0; i < 40; ++i) {
    const Rule jump{verdict(Verdict::Kind::jump, std::to_string(i + 1))};
    table.chains[std::to_string(i)] = {jump, jump};
  }
  EXPECT_FALSE(follow(table, 10'000).is_complete);
}

// Rules that could be read, whatever was in them, can be followed.
TEST(NatRules, AnyRuleMayComeIn) {
  const auto element_bytes = system::netfilter::captured::bytes(captured::verdict_elements);
  std::vector<ElementRecord> elements;
  ASSERT_TRUE(read_elements(element_bytes, elements));
  for (const auto digits : {captured::address_and_set_rule, captured::verdict_map_rule, captured::iptables_rule}) {
    system::for_mutations(captured::bytes(digits), 1000, [&](const std::vector<std::byte>& bytes) {
      const auto record = read_rule(bytes);
      if (!record) return;
      auto table = table_of({record->rule}, Family::both);
      table.sets["ports"] = table.sets["__map0"] = join_elements(elements, false);
      table.chains["other"] = {{to_port(1)}};
      EXPECT_TRUE(follow(table).is_complete);
    });
  }
  system::for_mutations(captured::bytes(captured::legacy_rules), 1000, [](const std::vector<std::byte>& bytes) {
    if (const auto table = read_ip_table(bytes, IpFamily::ipv4, captured::legacy_entries)) follow(*table);
  });
}

}  // namespace
}  // namespace berth::inspect
