#include "system/nf_tables_answer.h"

#include <gmock/gmock.h>
#include <linux/netfilter.h>

#include <string>
#include <variant>
#include <vector>

#include "unit/system/captured_rules.h"
#include "unit/system/mutations.h"

namespace berth::system::netfilter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// What kinds of expressions a rule has, in its order.
std::string shape(const Rule& rule) {
  const std::vector<std::string> names{"load",   "constant",    "mask",        "compare",  "lookup",
                                       "ports",  "destination", "protocol",    "local",    "narrow",
                                       "unread", "verdict",     "to-register", "translate"};
  std::string result;
  for (const auto& expression : rule) result += (result.empty() ? "" : " ") + names.at(expression.index());
  return result;
}

Rule rule_in(std::string_view digits) {
  const auto bytes = captured::bytes(digits);
  auto record = read_rule(bytes);
  EXPECT_TRUE(record);
  return record ? record->rule : Rule{};
}

std::vector<ElementRecord> elements_in(std::string_view digits) {
  const auto bytes = captured::bytes(digits);
  std::vector<ElementRecord> elements;
  EXPECT_TRUE(read_elements(bytes, elements));
  return elements;
}

TEST(NfTablesAnswer, ATable) {
  const auto bytes = captured::bytes(captured::table);
  const auto table = read_table(bytes);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->family, NFPROTO_IPV4);
  EXPECT_EQ(table->name, "t");
  EXPECT_FALSE(table->is_dormant);
}

TEST(NfTablesAnswer, AChainAtAHook) {
  const auto bytes = captured::bytes(captured::entry_chain);
  const auto chain = read_chain(bytes);
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->table, "t");
  EXPECT_EQ(chain->name, "pre");
  EXPECT_TRUE(chain->is_entry);
}

TEST(NfTablesAnswer, AChainThatIsJumpedTo) {
  const auto bytes = captured::bytes(captured::other_chain);
  const auto chain = read_chain(bytes);
  ASSERT_TRUE(chain);
  EXPECT_FALSE(chain->is_entry);
}

TEST(NfTablesAnswer, ARuleWithItsPlace) {
  const auto bytes = captured::bytes(captured::address_and_set_rule);
  const auto record = read_rule(bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->table, "t");
  EXPECT_EQ(record->chain, "pre");
}

TEST(NfTablesAnswer, ARuleOfNft) {
  const auto rule = rule_in(captured::address_and_set_rule);
  ASSERT_EQ(shape(rule), "load mask compare load compare load lookup constant constant to-register");
  const auto& address = std::get<Load>(rule[0]);
  EXPECT_EQ(address.subject, Subject::network_header);
  EXPECT_EQ(address.offset, 16U);
  EXPECT_EQ(std::get<Mask>(rule[1]).mask, (Octets{255, 255, 255, 252}));
  EXPECT_EQ(std::get<Compare>(rule[2]).first, (Octets{127, 0, 0, 0}));
  EXPECT_EQ(std::get<Load>(rule[3]).subject, Subject::transport_protocol);
  EXPECT_EQ(std::get<Lookup>(rule[6]).set, "ports");
  EXPECT_EQ(std::get<LoadConstant>(rule[7]).value, (Octets{10, 0, 0, 2}));
  const auto& target = std::get<TranslateByRegister>(rule[9]);
  EXPECT_EQ(target.family, Family::ipv4);
  EXPECT_EQ(target.first_address, std::get<LoadConstant>(rule[7]).to);
  EXPECT_EQ(target.first_port, std::get<LoadConstant>(rule[8]).to);
}

TEST(NfTablesAnswer, AVerdictMap) {
  const auto rule = rule_in(captured::verdict_map_rule);
  ASSERT_EQ(shape(rule), "load compare load lookup");
  EXPECT_TRUE(std::get<Lookup>(rule[3]).passes_verdict);
}

TEST(NfTablesAnswer, ARedirect) {
  const auto rule = rule_in(captured::redirect_rule);
  ASSERT_EQ(shape(rule), "to-register");
  EXPECT_TRUE(std::get<TranslateByRegister>(rule[0]).to_this_machine);
}

TEST(NfTablesAnswer, ARuleOfIptables) {
  const auto rule = rule_in(captured::iptables_rule);
  ASSERT_EQ(shape(rule), "load compare local ports translate");
  EXPECT_FALSE(std::get<MatchLocal>(rule[2]).inverted);
  EXPECT_THAT(std::get<MatchPorts>(rule[3]).destinations,
              ElementsAre(PortSpan{80, 80}, PortSpan{443, 443}, PortSpan{9000, 9010}));
  const auto& target = std::get<Translate>(rule[4]);
  EXPECT_EQ(target.first_address, (IpBytes{10, 0, 0, 2}));
  EXPECT_EQ(target.ports, (PortSpan{80, 80}));
}

TEST(NfTablesAnswer, Intervals) {
  const auto set = join_elements(elements_in(captured::port_elements), true);
  ASSERT_THAT(set, SizeIs(3));
  EXPECT_EQ(set[0].first, (Octets{0, 80}));
  EXPECT_EQ(set[0].last, (Octets{0, 80}));
  EXPECT_EQ(set[1].first, (Octets{0, 90}));
  EXPECT_EQ(set[1].last, (Octets{0, 99}));
  EXPECT_EQ(set[2].first, (Octets{0xfd, 0xe8}));
  EXPECT_EQ(set[2].last, (Octets{0xff, 0xff}));
}

TEST(NfTablesAnswer, AnIntervalThatNothingEnds) {
  const auto set = join_elements({{.key = {0, 0}, .last = {}, .value = {}, .verdict = {}}}, true);
  ASSERT_THAT(set, SizeIs(1));
  EXPECT_EQ(set[0].last, (Octets{0xff, 0xff}));
}

TEST(NfTablesAnswer, WhatBelongsToAKey) {
  const auto set = join_elements(elements_in(captured::target_elements), false);
  ASSERT_THAT(set, SizeIs(1));
  EXPECT_EQ(set[0].first, (Octets{0x21, 0x34}));
  EXPECT_EQ(set[0].last, set[0].first);
  EXPECT_EQ(set[0].value, (Octets{127, 0, 0, 1, 0x0b, 0xb8, 0, 0}));
}

TEST(NfTablesAnswer, VerdictsOfKeys) {
  const auto set = join_elements(elements_in(captured::verdict_elements), false);
  ASSERT_THAT(set, SizeIs(2));
  EXPECT_EQ(set[0].verdict.kind, Verdict::Kind::jump);
  EXPECT_EQ(set[0].verdict.chain, "other");
  EXPECT_EQ(set[1].verdict.kind, Verdict::Kind::accept);
}

TEST(NfTablesAnswer, NothingAtAll) {
  EXPECT_FALSE(read_table({}));
  EXPECT_FALSE(read_chain({}));
  EXPECT_FALSE(read_rule({}));
  EXPECT_FALSE(read_set({}));
  EXPECT_FALSE(read_generation({}));
  std::vector<ElementRecord> elements;
  EXPECT_FALSE(read_elements({}, elements));
  EXPECT_THAT(elements, IsEmpty());
}

// Under the sanitizers: whatever comes in, nothing is read beyond its end.
TEST(NfTablesAnswer, AnyBytesMayComeIn) {
  for (const auto digits :
       {captured::table, captured::entry_chain, captured::address_and_set_rule, captured::verdict_map_rule,
        captured::iptables_rule, captured::port_elements, captured::target_elements, captured::verdict_elements}) {
    for_mutations(captured::bytes(digits), 2000, [](const std::vector<std::byte>& bytes) {
      read_table(bytes);
      read_chain(bytes);
      read_rule(bytes);
      read_set(bytes);
      std::vector<ElementRecord> elements;
      read_elements(bytes, elements);
      const auto count = elements.size();
      EXPECT_LE(join_elements(elements, true).size(), count);
      EXPECT_LE(join_elements(std::move(elements), false).size(), count);
    });
  }
}

}  // namespace
}  // namespace berth::system::netfilter
