#include "system/ip_tables_answer.h"

#include <gmock/gmock.h>

#include <string>
#include <variant>
#include <vector>

#include "unit/system/captured_rules.h"
#include "unit/system/mutations.h"

namespace berth::system::netfilter {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Table captured_table() {
  const auto bytes = captured::bytes(captured::legacy_rules);
  auto table = read_ip_table(bytes, IpFamily::ipv4, captured::legacy_entries);
  EXPECT_TRUE(table);
  return table.value_or(Table{});
}

TEST(IpTablesAnswer, ItBeginsAtTheHooks) {
  const auto table = captured_table();
  EXPECT_EQ(table.family, Family::ipv4);
  ASSERT_THAT(table.entries, SizeIs(2));
  EXPECT_TRUE(table.chains.contains(table.entries[0]));
  EXPECT_TRUE(table.chains.contains(table.entries[1]));
}

TEST(IpTablesAnswer, AJumpLeadsToItsChain) {
  const auto table = captured_table();
  const auto& rule = table.chains.at(table.entries[0]).at(0);
  ASSERT_THAT(rule, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<MatchLocal>(rule[0]));
  const auto& verdict = std::get<Verdict>(rule[1]);
  EXPECT_EQ(verdict.kind, Verdict::Kind::jump);
  EXPECT_THAT(table.chains.at(verdict.chain), SizeIs(2)) << "the rule, and the return at the end";
}

TEST(IpTablesAnswer, ADnatWithItsConditions) {
  const auto table = captured_table();
  const auto chain = std::get<Verdict>(table.chains.at(table.entries[0]).at(0)[1]).chain;
  const auto& rule = table.chains.at(chain).at(0);
  ASSERT_THAT(rule, SizeIs(5));
  EXPECT_TRUE(std::holds_alternative<Narrow>(rule[0])) << "the interface";
  EXPECT_EQ(std::get<MatchProtocol>(rule[1]).protocol, 6);
  EXPECT_EQ(std::get<MatchDestination>(rule[2]).first, (IpBytes{127, 0, 0, 1}));
  EXPECT_EQ(std::get<MatchDestination>(rule[2]).last, (IpBytes{127, 0, 0, 1}));
  EXPECT_THAT(std::get<MatchPorts>(rule[3]).destinations, ElementsAre(PortSpan{8080, 8080}));
  EXPECT_EQ(std::get<Translate>(rule[4]).first_address, (IpBytes{10, 0, 0, 2}));
  EXPECT_EQ(std::get<Translate>(rule[4]).ports, (PortSpan{80, 80}));
}

TEST(IpTablesAnswer, ARedirect) {
  const auto table = captured_table();
  const auto& rule = table.chains.at(table.entries[1]).at(0);
  ASSERT_THAT(rule, SizeIs(3));
  EXPECT_THAT(std::get<MatchPorts>(rule[1]).destinations, ElementsAre(PortSpan{53, 53}, PortSpan{60, 69}));
  EXPECT_TRUE(std::get<Translate>(rule[2]).to_this_machine);
  EXPECT_EQ(std::get<Translate>(rule[2]).ports, (PortSpan{5353, 5353}));
}

TEST(IpTablesAnswer, ATruncatedOneIsNone) {
  auto bytes = captured::bytes(captured::legacy_rules);
  bytes.resize(bytes.size() - 1);
  EXPECT_FALSE(read_ip_table(bytes, IpFamily::ipv4, captured::legacy_entries));
}

TEST(IpTablesAnswer, AnyBytesMayComeIn) {
  for_mutations(captured::bytes(captured::legacy_rules), 3000, [](const std::vector<std::byte>& bytes) {
    read_ip_table(bytes, IpFamily::ipv4, captured::legacy_entries);
    read_ip_table(bytes, IpFamily::ipv6, captured::legacy_entries);
  });
}

}  // namespace
}  // namespace berth::system::netfilter
