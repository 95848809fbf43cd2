// What nf_tables does to destinations in this network namespace: nftables' own rules and those of iptables-nft, asked
// over netlink (linux/netfilter/nf_tables.h).
#pragma once

#include <chrono>
#include <expected>
#include <vector>

#include "system/error.h"
#include "system/netfilter_rule.h"

namespace berth::system::netfilter {

// The tables with chains of type nat at the hooks prerouting and output, which are their entries; those of dormant
// tables are none. Of a table, all chains are there; sets are there as far as the entries lead to them. Empty, after a
// single question, if there is no such chain; empty, too, if the kernel has no nf_tables.
//
// All is of one moment. Errors: those of NetlinkSocket, EPERM for who lacks CAP_NET_ADMIN; EAGAIN if the rules changed
// under every attempt; ETIMEDOUT if the deadline passes in between.
std::expected<std::vector<Table>, Error> read_nf_tables(std::chrono::steady_clock::time_point deadline);

}  // namespace berth::system::netfilter
