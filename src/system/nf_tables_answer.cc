#include "system/nf_tables_answer.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "system/nf_tables_attributes.h"
#include "system/nf_tables_expression.h"

namespace berth::system::netfilter {
namespace {

// The attributes of a message, behind its header.
struct Body {
  std::uint8_t family = 0;
  Attributes attributes;
};

std::optional<Body> read_body(ByteSpan payload) {
  const auto header = peek<nfgenmsg>(payload);
  if (!header) return std::nullopt;
  return Body{header->nfgen_family, Attributes(payload.subspan(sizeof(nfgenmsg)))};
}

bool takes_destinations(const Attributes& hook) {
  const auto number = hook.number(NFTA_HOOK_HOOKNUM);
  return number == NF_INET_PRE_ROUTING || number == NF_INET_LOCAL_OUT;
}

bool read_element(const Attributes& attributes, std::vector<ElementRecord>& elements) {
  ElementRecord element;
  const auto flags = attributes.number(NFTA_SET_ELEM_FLAGS).value_or(0);
  element.ends_interval = (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
  element.is_catchall = (flags & NFT_SET_ELEM_CATCHALL) != 0;
  if (auto key = attributes.value(NFTA_SET_ELEM_KEY)) {
    element.key = std::move(*key);
  } else if (!element.is_catchall) {
    return false;
  }
  element.last = attributes.value(NFTA_SET_ELEM_KEY_END);
  if (const auto data = attributes.nested(NFTA_SET_ELEM_DATA)) {
    if (const auto verdict = data->nested(NFTA_DATA_VERDICT)) element.verdict = read_verdict(*verdict);
    if (const auto value = data->bytes(NFTA_DATA_VALUE)) element.value = octets_of(*value);
  }
  elements.push_back(std::move(element));
  return true;
}

Octets before(Octets key) {
  for (auto& octet : std::ranges::reverse_view(key)) {
    if (octet-- != 0) break;
  }
  return key;
}

// An interval may begin where another ends. Not by operator<, of which g++ 12 warns for nothing.
bool is_before(const ElementRecord& left, const ElementRecord& right) {
  const auto [l, r] = std::ranges::mismatch(left.key, right.key);
  if (l != left.key.end() && r != right.key.end()) return *l < *r;
  if (left.key.size() != right.key.size()) return left.key.size() < right.key.size();
  return left.ends_interval && !right.ends_interval;
}

Element element_of(ElementRecord&& record, Octets last) {
  return {.first = std::move(record.key),
          .last = std::move(last),
          .is_catchall = record.is_catchall,
          .value = std::move(record.value),
          .verdict = std::move(record.verdict)};
}

}  // namespace

std::optional<Generation> read_generation(ByteSpan payload) {
  const auto header = peek<nfgenmsg>(payload);
  if (!header) return std::nullopt;
  return ntohs(header->res_id);
}

std::optional<TableRecord> read_table(ByteSpan payload) {
  const auto body = read_body(payload);
  if (!body) return std::nullopt;
  const auto name = body->attributes.text(NFTA_TABLE_NAME);
  if (!name) return std::nullopt;
  const auto flags = body->attributes.number(NFTA_TABLE_FLAGS).value_or(0);
  return TableRecord{body->family, std::string(*name), (flags & NFT_TABLE_F_DORMANT) != 0};
}

std::optional<ChainRecord> read_chain(ByteSpan payload) {
  const auto body = read_body(payload);
  if (!body) return std::nullopt;
  const auto table = body->attributes.text(NFTA_CHAIN_TABLE);
  const auto name = body->attributes.text(NFTA_CHAIN_NAME);
  if (!table || !name) return std::nullopt;
  const auto hook = body->attributes.nested(NFTA_CHAIN_HOOK);
  const bool translates = body->attributes.text(NFTA_CHAIN_TYPE) == "nat";
  return ChainRecord{body->family, std::string(*table), std::string(*name),
                     translates && hook && takes_destinations(*hook)};
}

std::optional<RuleRecord> read_rule(ByteSpan payload) {
  const auto body = read_body(payload);
  if (!body) return std::nullopt;
  const auto table = body->attributes.text(NFTA_RULE_TABLE);
  const auto chain = body->attributes.text(NFTA_RULE_CHAIN);
  if (!table || !chain) return std::nullopt;
  RuleRecord record{body->family, std::string(*table), std::string(*chain), {}};
  const auto expressions = body->attributes.bytes(NFTA_RULE_EXPRESSIONS);
  const auto family = body->family == NFPROTO_IPV6 ? IpFamily::ipv6 : IpFamily::ipv4;
  if (expressions && !read_expressions(*expressions, family, record.rule)) return std::nullopt;
  return record;
}

bool read_elements(ByteSpan payload, std::vector<ElementRecord>& elements) {
  const auto body = read_body(payload);
  if (!body) return false;
  auto list = body->attributes.bytes(NFTA_SET_ELEM_LIST_ELEMENTS).value_or(ByteSpan{});
  while (const auto attribute = next_attribute(list)) {
    if (!read_element(Attributes(attribute->value), elements)) return false;
  }
  return list.empty();
}

std::optional<SetRecord> read_set(ByteSpan payload) {
  const auto body = read_body(payload);
  if (!body) return std::nullopt;
  const auto table = body->attributes.text(NFTA_SET_TABLE);
  const auto name = body->attributes.text(NFTA_SET_NAME);
  if (!table || !name) return std::nullopt;
  const auto description = body->attributes.nested(NFTA_SET_DESC);
  const bool is_concatenated = description && description->bytes(NFTA_SET_DESC_CONCAT);
  const bool has_intervals = (body->attributes.number(NFTA_SET_FLAGS).value_or(0) & NFT_SET_INTERVAL) != 0;
  return SetRecord{body->family, std::string(*table), std::string(*name), has_intervals && !is_concatenated};
}

Set join_elements(std::vector<ElementRecord> elements, bool has_intervals) {
  if (has_intervals) std::ranges::stable_sort(elements, is_before);
  Set set;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto& element = elements[i];
    if (element.ends_interval) continue;
    Octets last = element.last.value_or(element.key);
    if (has_intervals && !element.last && !element.is_catchall) {
      const bool is_open = i + 1 == elements.size();
      last = is_open ? Octets(element.key.size(), 0xff) : before(elements[i + 1].key);
    }
    set.push_back(element_of(std::move(element), std::move(last)));
  }
  return set;
}

}  // namespace berth::system::netfilter
