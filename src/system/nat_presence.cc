#include "system/nat_presence.h"

#include <unistd.h>

namespace berth::system {
namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

NatPresence find_nat(const std::string& sys, const std::string& proc) {
  const auto module = [&](const char* name) { return exists(sys + "/module/" + name); };
  if (module("nf_nat")) {
    // Before Linux 5.1 nf_tables had one for each family.
    return {.nf_tables = module("nft_chain_nat") || module("nft_chain_nat_ipv4") || module("nft_chain_nat_ipv6"),
            .ip_tables = module("iptable_nat"),
            .ip6_tables = module("ip6table_nat")};
  }
  // Only what is a loadable module has an `initstate`. NAT needs the tracking of connections: it cannot be built in
  // where that is not, and cannot be there where that is not.
  if (module("nf_conntrack/initstate")) return {};
  if (!exists(proc + "/sys/net/netfilter/nf_conntrack_max") && exists(proc + "/sys/net")) return {};
  return {.nf_tables = true, .ip_tables = true, .ip6_tables = true};
}

}  // namespace berth::system
