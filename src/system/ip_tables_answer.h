// The rules of the kernel's older ip_tables and ip6_tables as they come in one piece (linux/netfilter_ipv4/ip_tables.h,
// linux/netfilter_ipv6/ip6_tables.h). Pure: any bytes may come in.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "system/netfilter_rule.h"
#include "system/netlink_answer.h"

namespace berth::system::netfilter {

// `entries` are the offsets of the rules where packets that come in or are made on this machine begin. Chains are named
// by the offset of their first rule. nullopt if the bytes are malformed.
std::optional<Table> read_ip_table(ByteSpan rules, IpFamily family, const std::vector<std::uint32_t>& entries);

}  // namespace berth::system::netfilter
