// The matches and targets of iptables as the kernel keeps them (linux/netfilter/x_tables.h): a name, a revision and a
// struct. They occur in ip_tables and, by iptables-nft, in nf_tables. Pure: any bytes may come in.
#pragma once

#include <cstdint>
#include <string_view>

#include "system/netfilter_rule.h"
#include "system/netlink_answer.h"

namespace berth::system::netfilter {

struct Extension {
  std::string_view name;
  unsigned revision = 0;
  ByteSpan bytes;
};

// Appends what the match says of destinations and ports. One that is not known, or not whole, becomes `Unread`.
void read_match(const Extension& match, IpFamily family, Rule& rule);

// Appends what the target does. One that is not known lets the packet go on.
void read_target(const Extension& target, IpFamily family, Rule& rule);

// The verdict of a packet that is not to jump: NF_ACCEPT and the others of linux/netfilter.h, XT_RETURN.
Verdict read_standard_verdict(int verdict);

// All addresses that agree with `address` where `mask` is set; nullopt if the mask has holes.
std::optional<MatchDestination> read_masked(const IpBytes& address, const IpBytes& mask, bool inverted,
                                            IpFamily family);

}  // namespace berth::system::netfilter
