#include "system/ip_tables_answer.h"

#include <arpa/inet.h>  // before linux/in.h, which defines the same otherwise
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "system/xt_extensions.h"

namespace berth::system::netfilter {
namespace {

// What the two families' entries have in common.
struct Head {
  IpBytes destination{};
  IpBytes mask{};
  std::uint16_t protocol = 0;  // 0: every one
  bool inverts_destination = false;
  bool inverts_protocol = false;
  bool goes_to = false;  // its jump does not return
  bool is_narrower = false;
  std::size_t size = 0;
  std::size_t target = 0;
  std::size_t next = 0;
};

template <typename T>
bool is_set(const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return std::ranges::any_of(bytes, [](std::byte byte) { return byte != std::byte{0}; });
}

template <typename T>
IpBytes padded(const T& address) {
  static_assert(sizeof(address) <= sizeof(IpBytes));
  IpBytes bytes{};
  std::memcpy(bytes.data(), &address, sizeof(address));
  return bytes;
}

Head head_of(const ipt_entry& entry) {
  const auto& ip = entry.ip;
  return {.destination = padded(ip.dst),
          .mask = padded(ip.dmsk),
          .protocol = ip.proto,
          .inverts_destination = (ip.invflags & IPT_INV_DSTIP) != 0,
          .inverts_protocol = (ip.invflags & XT_INV_PROTO) != 0,
          .goes_to = (ip.flags & IPT_F_GOTO) != 0,
          .is_narrower =
              is_set(ip.smsk) || is_set(ip.iniface_mask) || is_set(ip.outiface_mask) || (ip.flags & IPT_F_FRAG) != 0,
          .size = sizeof(ipt_entry),
          .target = entry.target_offset,
          .next = entry.next_offset};
}

Head head_of(const ip6t_entry& entry) {
  const auto& ip = entry.ipv6;
  return {.destination = padded(ip.dst),
          .mask = padded(ip.dmsk),
          .protocol = ip.proto,
          .inverts_destination = (ip.invflags & IP6T_INV_DSTIP) != 0,
          .inverts_protocol = (ip.invflags & XT_INV_PROTO) != 0,
          .goes_to = (ip.flags & IP6T_F_GOTO) != 0,
          .is_narrower =
              is_set(ip.smsk) || is_set(ip.iniface_mask) || is_set(ip.outiface_mask) || (ip.flags & IP6T_F_TOS) != 0,
          .size = sizeof(ip6t_entry),
          .target = entry.target_offset,
          .next = entry.next_offset};
}

template <typename T>
std::optional<Head> read_head(ByteSpan bytes) {
  T entry{};
  if (bytes.size() < sizeof(T)) return std::nullopt;
  std::memcpy(&entry, bytes.data(), sizeof(T));
  const auto head = head_of(entry);
  const bool is_whole =
      head.size <= head.target && head.target + sizeof(xt_entry_target) <= head.next && head.next <= bytes.size();
  return is_whole ? std::optional(head) : std::nullopt;
}

void append_conditions(const Head& head, IpFamily family, Rule& rule) {
  if (head.is_narrower) rule.emplace_back(Narrow{});
  if (head.protocol != 0) {
    rule.emplace_back(MatchProtocol{static_cast<std::uint8_t>(head.protocol), head.inverts_protocol});
  }
  if (!is_set(head.mask)) return;
  if (auto match = read_masked(head.destination, head.mask, head.inverts_destination, family)) {
    rule.emplace_back(*match);
  } else {
    rule.emplace_back(Narrow{});
  }
}

// Matches and targets begin alike: size, name, revision.
struct Part {
  Extension extension;
  std::size_t size = 0;
};

std::optional<Part> read_part(ByteSpan bytes) {
  xt_entry_match header{};
  if (bytes.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const std::size_t size = header.u.user.match_size;
  if (size < sizeof(header) || size > bytes.size()) return std::nullopt;
  const auto* text = reinterpret_cast<const char*>(bytes.data()) + offsetof(xt_entry_match, u.user.name);
  std::string_view name(text, sizeof(header.u.user.name));
  name = name.substr(0, name.find('\0'));
  return Part{{name, header.u.user.revision, bytes.subspan(sizeof(header), size - sizeof(header))}, size};
}

struct Entry {
  Rule rule;
  std::size_t next = 0;       // from its beginning
  bool begins_chain = false;  // what follows it does
};

class TableReading {
 public:
  TableReading(ByteSpan rules, IpFamily family) : rules_(rules), family_(family) {}

  std::optional<Table> read(const std::vector<std::uint32_t>& entries) {
    Table table{.family = family_ == IpFamily::ipv4 ? Family::ipv4 : Family::ipv6, .name = "nat"};
    std::set<std::size_t> begins(entries.begin(), entries.end());
    for (const auto entry : begins) table.entries.push_back(std::to_string(entry));
    std::vector<Rule>* chain = nullptr;
    for (std::size_t at = 0; at < rules_.size();) {
      if (begins.contains(at)) chain = &table.chains[std::to_string(at)];
      auto entry = read_entry(at);
      if (!entry) return std::nullopt;
      at += entry->next;
      if (entry->begins_chain) {
        begins.insert(at);
      } else if (chain != nullptr) {
        chain->push_back(std::move(entry->rule));
      }
    }
    return table;
  }

 private:
  std::optional<Entry> read_entry(std::size_t at) {
    const auto bytes = rules_.subspan(at);
    const auto head = family_ == IpFamily::ipv4 ? read_head<ipt_entry>(bytes) : read_head<ip6t_entry>(bytes);
    if (!head) return std::nullopt;
    Entry entry{.rule = {}, .next = head->next};
    append_conditions(*head, family_, entry.rule);
    auto matches = bytes.subspan(head->size, head->target - head->size);
    while (!matches.empty()) {
      const auto match = read_part(matches);
      if (!match) return std::nullopt;
      read_match(match->extension, family_, entry.rule);
      matches = matches.subspan(match->size);
    }
    const auto target = read_part(bytes.subspan(head->target, head->next - head->target));
    if (!target) return std::nullopt;
    entry.begins_chain = target->extension.name == XT_ERROR_TARGET;
    if (!target->extension.name.empty()) {
      read_target(target->extension, family_, entry.rule);
      return entry;
    }
    const auto verdict = peek<int>(target->extension.bytes);
    if (!verdict) return std::nullopt;
    append_verdict(*verdict, head->goes_to, at + head->next, entry.rule);
    return entry;
  }

  // A jump to what follows anyway is how a rule without a target is kept.
  static void append_verdict(int verdict, bool goes_to, std::size_t next, Rule& rule) {
    if (verdict < 0) {
      rule.emplace_back(read_standard_verdict(verdict));
    } else if (std::cmp_not_equal(verdict, next)) {
      rule.emplace_back(
          Verdict{.kind = goes_to ? Verdict::Kind::go_to : Verdict::Kind::jump, .chain = std::to_string(verdict)});
    }
  }

  ByteSpan rules_;
  IpFamily family_;
};

}  // namespace

std::optional<Table> read_ip_table(ByteSpan rules, IpFamily family, const std::vector<std::uint32_t>& entries) {
  return TableReading(rules, family).read(entries);
}

}  // namespace berth::system::netfilter
