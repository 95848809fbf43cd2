// Rules that send a port's traffic elsewhere although bind() succeeds: destination NAT and redirects of nf_tables
// (nftables and iptables-nft) and of the older ip_tables and ip6_tables (iptables-legacy).
//
// A holder is `published`, and says where its traffic goes. Rules that take only some of the traffic, by its source or
// by the interface it comes in at, take the port. Rules for destinations that this machine does not have do not.
//
// Not seen: TPROXY, IPVS and eBPF programs.
//
// Blind spots: rules that this user may not read, that changed as they were read, or whose ports cannot be told; and
// rules that take all ports alike (inspect/nat_holders.h).
#pragma once

#include "inspect/inspector.h"

namespace berth::inspect {

class NatInspector : public Inspector {
 public:
  // By port.
  Census inspect(const Question& question) override;
};

}  // namespace berth::inspect
