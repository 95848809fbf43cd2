#include "system/xt_extensions.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <tuple>
#include <utility>

namespace berth::system::netfilter {
namespace {

constexpr std::uint16_t addrtype_local = 1U << 2;  // XT_ADDRTYPE_LOCAL of the kernel's xt_addrtype.h

// They look at something else than destinations and ports. Every other one that is not read here might.
constexpr std::array<std::string_view, 30> indifferent{
    "cgroup",   "cluster",  "connbytes", "connlabel", "connlimit", "connmark", "conntrack", "cpu",
    "devgroup", "dscp",     "ecn",       "hashlimit", "helper",    "length",   "limit",     "mac",
    "mark",     "nfacct",   "owner",     "physdev",   "pkttype",   "policy",   "quota",     "realm",
    "recent",   "rpfilter", "socket",    "state",     "statistic", "time"};

IpBytes address_of(const nf_inet_addr& address, IpFamily family) {
  IpBytes bytes{};
  std::memcpy(bytes.data(), &address, family == IpFamily::ipv4 ? 4 : 16);
  return bytes;
}

// The ports of xt_tcp and xt_udp, which differ in what stands between them and the flags.
template <typename Ports, std::uint8_t inverted_source, std::uint8_t inverted_destination>
bool read_ports(const Extension& match, Rule& rule) {
  const auto ports = peek<Ports>(match.bytes);
  if (!ports) return false;
  const PortSpan sources{ports->spts[0], ports->spts[1]};
  if (sources != PortSpan{} || (ports->invflags & inverted_source) != 0) rule.emplace_back(Narrow{});
  rule.emplace_back(MatchPorts{.destinations = {{ports->dpts[0], ports->dpts[1]}},
                               .inverted = (ports->invflags & inverted_destination) != 0});
  return true;
}

bool read_tcp(const Extension& match, Rule& rule) {
  const auto tcp = peek<xt_tcp>(match.bytes);
  if (!tcp) return false;
  if (tcp->option != 0 || tcp->flg_mask != 0) rule.emplace_back(Narrow{});
  return read_ports<xt_tcp, XT_TCP_INV_SRCPT, XT_TCP_INV_DSTPT>(match, rule);
}

bool read_udp(const Extension& match, Rule& rule) {
  return read_ports<xt_udp, XT_UDP_INV_SRCPT, XT_UDP_INV_DSTPT>(match, rule);
}

// "80,443,8000:8010" in the order of writing; a port with a flag begins a range that the next one ends.
bool read_multiport(const Extension& match, Rule& rule) {
  auto ports = peek<xt_multiport_v1>(match.bytes);
  if (match.revision == 0) {
    const auto old = peek<xt_multiport>(match.bytes);
    if (!old) return false;
    ports = xt_multiport_v1{};
    ports->flags = old->flags;
    ports->count = old->count;
    std::memcpy(&ports->ports[0], &old->ports[0], sizeof(old->ports));
  }
  if (!ports || ports->count > XT_MULTI_PORTS) return false;
  if (ports->flags == XT_MULTIPORT_SOURCE) return rule.emplace_back(Narrow{}), true;
  if (ports->flags != XT_MULTIPORT_DESTINATION) return false;
  MatchPorts found{.destinations = {}, .inverted = ports->invert != 0};
  for (unsigned i = 0; i < ports->count; ++i) {
    const auto first = ports->ports[i];
    const bool is_range = ports->pflags[i] != 0 && i + 1U < ports->count;
    found.destinations.push_back({first, is_range ? ports->ports[++i] : first});
  }
  rule.emplace_back(std::move(found));
  return true;
}

bool read_addrtype(const Extension& match, Rule& rule) {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
  bool inverted = false;
  if (match.revision == 0) {
    const auto types = peek<xt_addrtype_info>(match.bytes);
    if (!types) return false;
    std::tie(source, destination, inverted) = std::tuple(types->source, types->dest, types->invert_dest != 0);
  } else {
    const auto types = peek<xt_addrtype_info_v1>(match.bytes);
    if (!types) return false;
    std::tie(source, destination) = std::tuple(types->source, types->dest);
    inverted = (types->flags & XT_ADDRTYPE_INVERT_DEST) != 0;
  }
  if (source != 0) rule.emplace_back(Narrow{});
  if (destination != 0) rule.emplace_back(MatchLocal{inverted == ((destination & addrtype_local) != 0)});
  return true;
}

bool read_iprange(const Extension& match, IpFamily family, Rule& rule) {
  const auto range = peek<xt_iprange_mtinfo>(match.bytes);
  if (!range || match.revision != 1) return false;
  if ((range->flags & IPRANGE_SRC) != 0) rule.emplace_back(Narrow{});
  if ((range->flags & IPRANGE_DST) != 0) {
    rule.emplace_back(MatchDestination{address_of(range->dst_min, family), address_of(range->dst_max, family),
                                       (range->flags & IPRANGE_DST_INV) != 0});
  }
  return true;
}

bool read_known_match(const Extension& match, IpFamily family, Rule& rule) {
  if (match.name == "tcp") return read_tcp(match, rule);
  if (match.name == "udp") return read_udp(match, rule);
  if (match.name == "multiport") return read_multiport(match, rule);
  if (match.name == "addrtype") return read_addrtype(match, rule);
  if (match.name == "iprange") return read_iprange(match, family, rule);
  if (match.name == "comment") return true;
  if (std::ranges::find(indifferent, match.name) != indifferent.end()) return rule.emplace_back(Narrow{}), true;
  return false;
}

// IPv4 has had a struct of its own, in revision 0; it stands in an array of one.
std::optional<nf_nat_range> read_old_range(ByteSpan bytes) {
  const auto old = peek<nf_nat_ipv4_multi_range_compat>(bytes);
  if (!old) return std::nullopt;
  nf_nat_range range{};
  range.flags = old->range[0].flags;
  range.min_addr.ip = old->range[0].min_ip;
  range.max_addr.ip = old->range[0].max_ip;
  range.min_proto = old->range[0].min;
  range.max_proto = old->range[0].max;
  return range;
}

Translate translation_of(const nf_nat_range& range, IpFamily family) {
  Translate translation;
  if ((range.flags & NF_NAT_RANGE_MAP_IPS) != 0) {
    translation.first_address = address_of(range.min_addr, family);
    translation.last_address = address_of(range.max_addr, family);
  }
  if ((range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0) {
    translation.ports = PortSpan{ntohs(range.min_proto.all), ntohs(range.max_proto.all)};
  }
  return translation;
}

}  // namespace

void read_match(const Extension& match, IpFamily family, Rule& rule) {
  const auto before = rule.size();
  if (read_known_match(match, family, rule)) return;
  rule.resize(before, Narrow{});
  rule.emplace_back(Unread{std::string(match.name)});
}

void read_target(const Extension& target, IpFamily family, Rule& rule) {
  const bool redirects = target.name == "REDIRECT";
  if (!redirects && target.name != "DNAT" && target.name != "NETMAP") return;
  const bool is_old = family == IpFamily::ipv4 && target.revision == 0;
  const auto range = is_old ? read_old_range(target.bytes) : peek<nf_nat_range>(target.bytes);
  auto translation = range ? translation_of(*range, family) : Translate{};
  if (redirects) translation.first_address = translation.last_address = std::nullopt;
  translation.to_this_machine = redirects;
  rule.emplace_back(translation);
}

Verdict read_standard_verdict(int verdict) {
  using enum Verdict::Kind;
  if (verdict == XT_RETURN) return {fall_back, {}};
  return {verdict == -NF_DROP - 1 ? drop : accept, {}};
}

std::optional<MatchDestination> read_masked(const IpBytes& address, const IpBytes& mask, bool inverted,
                                            IpFamily family) {
  MatchDestination match{.inverted = inverted};
  bool ended = false;
  for (std::size_t i = 0; i < (family == IpFamily::ipv4 ? 4U : 16U); ++i) {
    const auto ones = std::countl_one(mask[i]);
    if ((ended && mask[i] != 0) || std::popcount(mask[i]) != ones) return std::nullopt;
    ended = ended || ones != 8;
    match.first[i] = address[i] & mask[i];
    match.last[i] = match.first[i] | static_cast<std::uint8_t>(~mask[i]);
  }
  return match;
}

}  // namespace berth::system::netfilter
