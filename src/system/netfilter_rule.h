// Rules of the Linux packet filter that may translate destinations, as values: the same for nftables, iptables on top
// of nf_tables, and the older ip_tables of the kernel.
//
// A rule is a row of expressions that the kernel runs one after the other: some load something of the packet into a
// register, some end the rule unless a comparison holds, some pass a verdict. Registers are counted in units of 32
// bits, 0 to 15: NFT_REG_1 of linux/netfilter/nf_tables.h is 0, NFT_REG_2 is 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "system/ip.h"

namespace berth::system::netfilter {

using Octets = std::vector<std::uint8_t>;
using Register = unsigned;

// What a load brings; `other` says nothing of destination, port and protocol.
enum class Subject : std::uint8_t {
  network_header,
  transport_header,
  transport_protocol,  // one byte, IPPROTO_TCP
  family,              // one byte, NFPROTO_IPV4
  ether_type,          // two bytes in network order, ETH_P_IP
  destination_type,    // four bytes in host order, RTN_LOCAL: what the routing says of the destination address
  other,
};

struct Load {
  Subject subject = Subject::other;
  std::uint32_t offset = 0;  // of a header, in bytes
  std::uint32_t length = 0;  // in bytes; 0 of `other` if it is not known
  Register to = 0;
};
struct LoadConstant {
  Octets value;
  Register to = 0;
};
// (from & mask) ^ flip
struct Mask {
  Octets mask;
  Octets flip;
  Register from = 0;
  Register to = 0;
};
// Goes on if first <= value <= last (as numbers in network order), or if not.
struct Compare {
  Octets first;
  Octets last;
  bool inverted = false;
  Register from = 0;
};
// Goes on if the value is among the keys of the set, or if not; a map brings what belongs to the key, too.
struct Lookup {
  std::string set;
  bool inverted = false;
  Register from = 0;
  std::optional<Register> to;
  bool passes_verdict = false;
};

// The matches of iptables, read. What they match is of every packet, not of registers.
struct MatchPorts {
  std::vector<PortSpan> destinations;
  bool inverted = false;
};
struct MatchDestination {
  IpBytes first{};
  IpBytes last{};
  bool inverted = false;
};
struct MatchProtocol {
  std::uint8_t protocol = 0;
  bool inverted = false;
};
// Whether the destination is an address of this machine.
struct MatchLocal {
  bool inverted = false;
};
// Lets some packets through, by something else than their destination and port.
struct Narrow {};
// An expression that is not known here. It may look at ports; and write any register.
struct Unread {
  std::string name;
};

struct Verdict {
  enum class Kind : std::uint8_t { accept, drop, jump, go_to, fall_back, go_on };
  Kind kind = Kind::go_on;
  std::string chain;  // of jump and go_to
};
enum class Family : std::uint8_t { ipv4, ipv6, both };

// The new destination stands in registers. Packets of the other family go on.
struct TranslateByRegister {
  Family family = Family::both;
  std::optional<Register> first_address;
  std::optional<Register> last_address;
  std::optional<Register> first_port;
  std::optional<Register> last_port;
  bool to_this_machine = false;  // a redirect
};
struct Translate {
  std::optional<IpBytes> first_address;
  std::optional<IpBytes> last_address;
  std::optional<PortSpan> ports;  // none: the port stays
  bool port_is_unknown = false;   // it may not stay
  bool to_this_machine = false;
};

using Expression = std::variant<Load, LoadConstant, Mask, Compare, Lookup, MatchPorts, MatchDestination, MatchProtocol,
                                MatchLocal, Narrow, Unread, Verdict, TranslateByRegister, Translate>;
using Rule = std::vector<Expression>;

// Inclusive at both ends, each part of a concatenated key by itself.
struct Element {
  Octets first;
  Octets last;
  bool is_catchall = false;  // for every key that no other element has
  Octets value;              // of a map
  Verdict verdict;           // of a verdict map
};
using Set = std::vector<Element>;

struct Table {
  Family family = Family::both;
  std::string name;
  std::unordered_map<std::string, std::vector<Rule>> chains = {};
  std::unordered_map<std::string, Set> sets = {};
  // The chains where packets that come in or are made on this machine begin, in no order.
  std::vector<std::string> entries = {};
};

}  // namespace berth::system::netfilter
