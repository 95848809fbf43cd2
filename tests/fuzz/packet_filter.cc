// The kernel's packet filter rules, both the older and the newer, and where they lead.
//
// The first byte says which: 0 and 1 are ip_tables of IPv4 and IPv6, after it the offsets of two entries, in 32 bits
// each; others are nf_tables, after it records: what it is, its length in two bytes, the payload of the message.
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/targets.h"
#include "inspect/nat_holders.h"
#include "inspect/nat_rules.h"
#include "system/ip_tables_answer.h"
#include "system/nf_tables_answer.h"

namespace berth::fuzz {
namespace {

using namespace berth::system;
using namespace berth::system::netfilter;

template <typename T>
std::optional<T> take(ByteSpan& bytes) {
  const auto value = peek<T>(bytes);
  if (value) bytes = bytes.subspan(sizeof(T));
  return value;
}

Table read_nf_records(ByteSpan bytes) {
  Table table{.family = Family::both, .name = "t"};
  std::vector<ElementRecord> elements;
  bool has_intervals = false;
  while (true) {
    const auto kind = take<std::uint8_t>(bytes);
    const auto length = take<std::uint16_t>(bytes);
    if (!kind || !length) return table;
    const auto payload = bytes.first(std::min<std::size_t>(*length, bytes.size()));
    bytes = bytes.subspan(payload.size());
    read_generation(payload);
    switch (*kind % 5) {
      case 0:
        if (const auto chain = read_chain(payload); chain && chain->is_entry) table.entries.push_back(chain->name);
        break;
      case 1:
        if (auto record = read_rule(payload); record) table.chains[record->chain].push_back(std::move(record->rule));
        break;
      case 2:
        if (const auto set = read_set(payload); set) {
          has_intervals = set->has_intervals;
          table.sets[set->name] = join_elements(std::exchange(elements, {}), has_intervals);
        }
        break;
      case 3:
        read_elements(payload, elements);
        break;
      default:
        read_table(payload);
    }
  }
}

std::optional<Table> read_old_rules(ByteSpan bytes, IpFamily family) {
  std::vector<std::uint32_t> entries;
  for (int count = 0; count < 2; ++count) {
    if (const auto entry = take<std::uint32_t>(bytes); entry) entries.push_back(*entry);
  }
  // As the kernel gives them: aligned.
  std::vector<std::uint64_t> aligned(bytes.size() / sizeof(std::uint64_t) + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  return read_ip_table(std::as_bytes(std::span(aligned)).first(bytes.size()), family, entries);
}

// A machine with 127.0.0.0/8 and 10.0.0.2.
void check_ways(const Table& table) {
  constexpr int few_steps = 20'000;
  const auto followed = inspect::follow(table, few_steps);
  for (const auto& taken : followed.taken) {
    promise(!taken.traffic.empty(), "what is taken is something");
    promise(table.family == Family::both || (table.family == Family::ipv4) == (taken.traffic.family == IpFamily::ipv4),
            "and of the table's family");
  }
  const std::vector<AddressSpan> local = {{IpFamily::ipv4, {127, 0, 0, 0}, {127, 255, 255, 255}},
                                          {IpFamily::ipv4, {10, 0, 0, 2}, {10, 0, 0, 2}}};
  for (const auto& holder : inspect::holders_of(followed.taken, local).holders) {
    const auto ports = holder.endpoint.ports;
    promise(ports.first >= 1 && ports.first <= ports.last, "a holder has ports");
  }
}

}  // namespace

void packet_filter(std::string_view input) {
  auto bytes = std::as_bytes(std::span(input));
  const auto kind = take<std::uint8_t>(bytes);
  if (!kind) return;
  if (*kind > 1) return check_ways(read_nf_records(bytes));
  const auto table = read_old_rules(bytes, *kind == 0 ? IpFamily::ipv4 : IpFamily::ipv6);
  if (table) check_ways(*table);
}

}  // namespace berth::fuzz
