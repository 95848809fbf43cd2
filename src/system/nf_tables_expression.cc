#include "system/nf_tables_expression.h"

#include <arpa/inet.h>  // before linux/in.h, which defines the same otherwise
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>

#include "system/xt_extensions.h"

namespace berth::system::netfilter {
namespace {

using Read = bool (*)(const Attributes&, IpFamily, Rule&);

// They change nothing that matters here and let the packet go on.
constexpr std::array<std::string_view, 8> idle{"comment", "counter", "dup", "fwd", "last", "log", "notrack", "objref"};
// They let some packets through, by rates and amounts.
constexpr std::array<std::string_view, 4> narrowing{"connlimit", "dynset", "limit", "quota"};
// They end it with the packet gone elsewhere.
constexpr std::array<std::string_view, 3> dropping{"queue", "reject", "synproxy"};

// They load what says nothing of destinations and ports; where the destination register stands among the attributes.
struct OtherLoad {
  std::string_view name;
  std::uint16_t destination;
};
constexpr std::array<OtherLoad, 9> other_loads{{{"byteorder", NFTA_BYTEORDER_DREG},
                                                {"exthdr", NFTA_EXTHDR_DREG},
                                                {"hash", NFTA_HASH_DREG},
                                                {"numgen", NFTA_NG_DREG},
                                                {"osf", NFTA_OSF_DREG},
                                                {"rt", NFTA_RT_DREG},
                                                {"socket", NFTA_SOCKET_DREG},
                                                {"tunnel", NFTA_TUNNEL_DREG},
                                                {"xfrm", NFTA_XFRM_DREG}}};

bool append_load(Subject subject, std::uint32_t length, std::optional<Register> to, Rule& rule) {
  if (to) rule.emplace_back(Load{.subject = subject, .length = length, .to = *to});
  return true;
}

bool read_payload(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto base = attributes.number(NFTA_PAYLOAD_BASE);
  const auto offset = attributes.number(NFTA_PAYLOAD_OFFSET);
  const auto length = attributes.number(NFTA_PAYLOAD_LEN);
  const auto to = attributes.register_at(NFTA_PAYLOAD_DREG);
  if (!base || !offset || !length || !to || *offset > 0xffff || *length > 64) return false;
  const auto subject = *base == NFT_PAYLOAD_NETWORK_HEADER     ? Subject::network_header
                       : *base == NFT_PAYLOAD_TRANSPORT_HEADER ? Subject::transport_header
                                                               : Subject::other;
  rule.emplace_back(Load{.subject = subject, .offset = *offset, .length = *length, .to = *to});
  return true;
}

bool read_meta(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto to = attributes.register_at(NFTA_META_DREG);
  switch (attributes.number(NFTA_META_KEY).value_or(0)) {
    case NFT_META_L4PROTO:
      return append_load(Subject::transport_protocol, 1, to, rule);
    case NFT_META_NFPROTO:
      return append_load(Subject::family, 1, to, rule);
    case NFT_META_PROTOCOL:
      return append_load(Subject::ether_type, 2, to, rule);
    default:
      return append_load(Subject::other, 0, to, rule);
  }
}

bool read_fib(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto flags = attributes.number(NFTA_FIB_FLAGS).value_or(0);
  const bool is_type = attributes.number(NFTA_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE;
  const bool of_destination = is_type && (flags & NFTA_FIB_F_DADDR) != 0;
  return append_load(of_destination ? Subject::destination_type : Subject::other, of_destination ? 4 : 0,
                     attributes.register_at(NFTA_FIB_DREG), rule);
}

// The destination port of the connection's first packet is one of the port that is looked for here.
bool read_ct(const Attributes& attributes, IpFamily, Rule& rule) {
  if (attributes.number(NFTA_CT_KEY) == NFT_CT_PROTO_DST) return false;
  return append_load(Subject::other, 0, attributes.register_at(NFTA_CT_DREG), rule);
}

bool read_bitwise(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto from = attributes.register_at(NFTA_BITWISE_SREG);
  const auto to = attributes.register_at(NFTA_BITWISE_DREG);
  auto mask = attributes.value(NFTA_BITWISE_MASK);
  auto flip = attributes.value(NFTA_BITWISE_XOR);
  const bool masks = attributes.number(NFTA_BITWISE_OP).value_or(NFT_BITWISE_BOOL) == NFT_BITWISE_BOOL;
  if (!from || !to) return false;
  if (!masks || !mask || !flip || mask->size() != flip->size()) return append_load(Subject::other, 0, to, rule);
  rule.emplace_back(Mask{.mask = std::move(*mask), .flip = std::move(*flip), .from = *from, .to = *to});
  return true;
}

// Moves a number in network order by one; false if it wraps around.
bool step(Octets& number, bool up) {
  for (auto& octet : std::ranges::reverse_view(number)) {
    const bool carries = octet == (up ? 0xff : 0x00);
    octet = static_cast<std::uint8_t>(up ? octet + 1 : octet - 1);
    if (!carries) return true;
  }
  return false;
}

bool read_cmp(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto from = attributes.register_at(NFTA_CMP_SREG);
  auto value = attributes.value(NFTA_CMP_DATA);
  if (!from || !value) return false;
  const Octets lowest(value->size(), 0x00);
  const Octets highest(value->size(), 0xff);
  const auto append = [&](const Octets& first, const Octets& last, bool inverted = false) {
    rule.emplace_back(Compare{.first = first, .last = last, .inverted = inverted, .from = *from});
    return true;
  };
  switch (attributes.number(NFTA_CMP_OP).value_or(~0U)) {
    case NFT_CMP_EQ:
      return append(*value, *value);
    case NFT_CMP_NEQ:
      return append(*value, *value, true);
    case NFT_CMP_LT:
      return step(*value, false) ? append(lowest, *value) : append(lowest, highest, true);
    case NFT_CMP_LTE:
      return append(lowest, *value);
    case NFT_CMP_GT:
      return step(*value, true) ? append(*value, highest) : append(lowest, highest, true);
    case NFT_CMP_GTE:
      return append(*value, highest);
    default:
      return false;
  }
}

bool read_range(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto from = attributes.register_at(NFTA_RANGE_SREG);
  auto first = attributes.value(NFTA_RANGE_FROM_DATA);
  auto last = attributes.value(NFTA_RANGE_TO_DATA);
  if (!from || !first || !last || first->size() != last->size()) return false;
  const bool inverted = attributes.number(NFTA_RANGE_OP) == NFT_RANGE_NEQ;
  rule.emplace_back(Compare{.first = std::move(*first), .last = std::move(*last), .inverted = inverted, .from = *from});
  return true;
}

bool read_lookup(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto set = attributes.text(NFTA_LOOKUP_SET);
  const auto from = attributes.register_at(NFTA_LOOKUP_SREG);
  if (!set || !from) return false;
  rule.emplace_back(Lookup{.set = std::string(*set),
                           .inverted = (attributes.number(NFTA_LOOKUP_FLAGS).value_or(0) & NFT_LOOKUP_F_INV) != 0,
                           .from = *from,
                           .to = attributes.register_at(NFTA_LOOKUP_DREG),
                           .passes_verdict = attributes.number(NFTA_LOOKUP_DREG) == NFT_REG_VERDICT});
  return true;
}

bool read_immediate(const Attributes& attributes, IpFamily, Rule& rule) {
  const auto content = attributes.nested(NFTA_IMMEDIATE_DATA);
  if (!content) return false;
  if (const auto verdict = content->nested(NFTA_DATA_VERDICT)) {
    rule.emplace_back(read_verdict(*verdict));
    return true;
  }
  const auto to = attributes.register_at(NFTA_IMMEDIATE_DREG);
  auto value = attributes.value(NFTA_IMMEDIATE_DATA);
  if (!to || !value) return false;
  rule.emplace_back(LoadConstant{.value = std::move(*value), .to = *to});
  return true;
}

bool read_nat(const Attributes& attributes, IpFamily, Rule& rule) {
  if (attributes.number(NFTA_NAT_TYPE) != NFT_NAT_DNAT) {
    rule.emplace_back(Verdict{.kind = Verdict::Kind::accept, .chain = {}});
    return true;
  }
  const auto family = attributes.number(NFTA_NAT_FAMILY);
  rule.emplace_back(TranslateByRegister{.family = family == NFPROTO_IPV4   ? Family::ipv4
                                                  : family == NFPROTO_IPV6 ? Family::ipv6
                                                                           : Family::both,
                                        .first_address = attributes.register_at(NFTA_NAT_REG_ADDR_MIN),
                                        .last_address = attributes.register_at(NFTA_NAT_REG_ADDR_MAX),
                                        .first_port = attributes.register_at(NFTA_NAT_REG_PROTO_MIN),
                                        .last_port = attributes.register_at(NFTA_NAT_REG_PROTO_MAX)});
  return true;
}

bool read_redir(const Attributes& attributes, IpFamily, Rule& rule) {
  rule.emplace_back(TranslateByRegister{.family = Family::both,
                                        .first_address = {},
                                        .last_address = {},
                                        .first_port = attributes.register_at(NFTA_REDIR_REG_PROTO_MIN),
                                        .last_port = attributes.register_at(NFTA_REDIR_REG_PROTO_MAX),
                                        .to_this_machine = true});
  return true;
}

// nft_match_attributes and nft_target_attributes have the same numbers.
Extension extension_of(const Attributes& attributes) {
  return {attributes.text(NFTA_MATCH_NAME).value_or(""), attributes.number(NFTA_MATCH_REV).value_or(0),
          attributes.bytes(NFTA_MATCH_INFO).value_or(ByteSpan{})};
}

bool read_match(const Attributes& attributes, IpFamily family, Rule& rule) {
  netfilter::read_match(extension_of(attributes), family, rule);
  return true;
}

bool read_target(const Attributes& attributes, IpFamily family, Rule& rule) {
  netfilter::read_target(extension_of(attributes), family, rule);
  return true;
}

struct Known {
  std::string_view name;
  Read read;
};
constexpr std::array<Known, 13> known{{{"bitwise", read_bitwise},
                                       {"cmp", read_cmp},
                                       {"ct", read_ct},
                                       {"fib", read_fib},
                                       {"immediate", read_immediate},
                                       {"lookup", read_lookup},
                                       {"match", read_match},
                                       {"meta", read_meta},
                                       {"nat", read_nat},
                                       {"payload", read_payload},
                                       {"range", read_range},
                                       {"redir", read_redir},
                                       {"target", read_target}}};

bool read_known(std::string_view name, const Attributes& attributes, IpFamily family, Rule& rule) {
  if (const auto* found = std::ranges::find(known, name, &Known::name); found != known.end()) {
    return found->read(attributes, family, rule);
  }
  if (const auto* found = std::ranges::find(other_loads, name, &OtherLoad::name); found != other_loads.end()) {
    return append_load(Subject::other, 0, attributes.register_at(found->destination), rule);
  }
  if (std::ranges::find(dropping, name) != dropping.end()) {
    rule.emplace_back(Verdict{.kind = Verdict::Kind::drop, .chain = {}});
    return true;
  }
  if (std::ranges::find(narrowing, name) != narrowing.end()) {
    rule.emplace_back(Narrow{});
    return true;
  }
  return std::ranges::find(idle, name) != idle.end();
}

}  // namespace

Verdict read_verdict(const Attributes& attributes) {
  using enum Verdict::Kind;
  const auto chain = std::string(attributes.text(NFTA_VERDICT_CHAIN).value_or(""));
  switch (static_cast<int>(attributes.number(NFTA_VERDICT_CODE).value_or(NF_ACCEPT))) {
    case NFT_CONTINUE:
      return {go_on, {}};
    case NFT_JUMP:
      return {jump, chain};
    case NFT_GOTO:
      return {go_to, chain};
    case NFT_RETURN:
      return {fall_back, {}};
    case NF_DROP:
      return {drop, {}};
    default:
      return {accept, {}};
  }
}

bool read_expressions(ByteSpan list, IpFamily family, Rule& rule) {
  while (const auto attribute = next_attribute(list)) {
    const Attributes expression(attribute->value);
    const auto name = expression.text(NFTA_EXPR_NAME);
    if (!name) return false;
    const auto content = expression.nested(NFTA_EXPR_DATA).value_or(Attributes({}));
    if (!read_known(*name, content, family, rule)) rule.emplace_back(Unread{std::string(*name)});
  }
  return list.empty();
}

}  // namespace berth::system::netfilter
