// The kernel's answers about nf_tables (linux/netfilter/nf_tables.h), byte for byte. Pure: any bytes may come in, and
// nullopt or false says that they are not what they should be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "system/netfilter_rule.h"
#include "system/netlink_answer.h"

namespace berth::system::netfilter {

// Which state of all rules an answer belongs to: the low bits of a number that every change increases.
using Generation = std::uint16_t;
std::optional<Generation> read_generation(ByteSpan payload);

struct TableRecord {
  std::uint8_t family = 0;  // NFPROTO_INET and the others of linux/netfilter.h
  std::string name;
  bool is_dormant = false;
};
std::optional<TableRecord> read_table(ByteSpan payload);

struct ChainRecord {
  std::uint8_t family = 0;
  std::string table;
  std::string name;
  // Whether packets that come in or are made on this machine begin here, to have their destination translated.
  bool is_entry = false;
};
std::optional<ChainRecord> read_chain(ByteSpan payload);

struct RuleRecord {
  std::uint8_t family = 0;
  std::string table;
  std::string chain;
  Rule rule;
};
std::optional<RuleRecord> read_rule(ByteSpan payload);

struct SetRecord {
  std::uint8_t family = 0;
  std::string table;
  std::string name;
  // Whether an element goes on up to the next one. Sets of concatenated intervals have both ends in one element.
  bool has_intervals = false;
};
std::optional<SetRecord> read_set(ByteSpan payload);

// An element as it is kept: in sets of intervals, where one begins and where it no longer is are two of them.
struct ElementRecord {
  Octets key;
  std::optional<Octets> last;
  bool ends_interval = false;
  bool is_catchall = false;
  Octets value;
  Verdict verdict;
};
// Appends the elements that a message has.
bool read_elements(ByteSpan payload, std::vector<ElementRecord>& elements);
Set join_elements(std::vector<ElementRecord> elements, bool has_intervals);

}  // namespace berth::system::netfilter
