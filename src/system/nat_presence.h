// Whether the kernel can translate destinations at all, told by a few stat(2) and without any permission.
//
// The kernel's NAT is one part (nf_nat) that the front ends build upon: nft_chain_nat for nf_tables, iptable_nat and
// ip6table_nat for the older interface. Where it is a module, none of them can be there unless it is loaded; where it
// is built in, they may be.
#pragma once

#include <string>

namespace berth::system {

struct NatPresence {
  bool nf_tables = false;
  bool ip_tables = false;
  bool ip6_tables = false;
  friend bool operator==(const NatPresence&, const NatPresence&) = default;
};

// False means that there are certainly no such rules. `sys` and `proc` are where sysfs and procfs are.
NatPresence find_nat(const std::string& sys = "/sys", const std::string& proc = "/proc");

}  // namespace berth::system
