// The expressions of nf_tables rules, byte for byte. Pure: any bytes may come in.
#pragma once

#include "system/netfilter_rule.h"
#include "system/netlink_answer.h"
#include "system/nf_tables_attributes.h"

namespace berth::system::netfilter {

// Appends the expressions of a rule. One that is not known becomes `Unread`; false if the list itself is malformed.
// `family` is that of the table, for iptables' extensions.
bool read_expressions(ByteSpan list, IpFamily family, Rule& rule);

// Of nft_verdict_attributes.
Verdict read_verdict(const Attributes& attributes);

}  // namespace berth::system::netfilter
