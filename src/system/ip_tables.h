// What the kernel's older packet filter, ip_tables and ip6_tables (iptables-legacy), does to destinations in this
// network namespace: asked by getsockopt(2), as linux/netfilter_ipv4/ip_tables.h has it.
#pragma once

#include <expected>
#include <optional>

#include "system/error.h"
#include "system/netfilter_rule.h"

namespace berth::system::netfilter {

// The table "nat", from its chains PREROUTING and OUTPUT on; nullopt if there is none. Looks into /proc first: asking
// for a table that is not there would make it. Errors: EACCES or EPERM for who is not root, EBADMSG for rules that
// cannot be read, EAGAIN if they changed under every attempt.
std::expected<std::optional<Table>, Error> read_ip_tables(IpFamily family);

}  // namespace berth::system::netfilter
