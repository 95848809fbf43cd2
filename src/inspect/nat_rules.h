// Which traffic the rules of a packet filter send elsewhere: they are followed as the kernel would, with all packets at
// once. Pure.
#pragma once

#include <optional>
#include <vector>

#include "inspect/nat_traffic.h"
#include "system/netfilter_rule.h"

namespace berth::inspect {

// Traffic that one rule gives a new destination. It contains all that the rule takes, and may contain more where other
// conditions (a source, an interface, a mark) hold some back.
struct Taken {
  Traffic traffic;
  system::netfilter::Translate to;
};

struct Followed {
  std::vector<Taken> taken;
  // Whether all was followed; rules that lead to each other in very many ways are given up.
  bool is_complete = true;
};

// Far more expressions than there are in real rules; to run them takes half a second.
constexpr int most_steps = 1'000'000;

// From the table's entries, IPv4 and IPv6 each by itself. What an earlier rule has certainly taken, or has excepted, no
// later one of the same chain gets. Gives up after `steps` expressions of an entry.
Followed follow(const system::netfilter::Table& table, int steps = most_steps);

}  // namespace berth::inspect
