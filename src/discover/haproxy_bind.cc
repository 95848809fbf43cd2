#include "discover/haproxy_bind.h"

#include <array>
#include <expected>
#include <utility>

#include "core/quote.h"

namespace berth::discover {
namespace {

using Family = Address::Family;
using Kind = Listener::Kind;

struct Prefix {
  std::string_view text;
  Kind kind = Kind::endpoint;
  Family family = Family::any;
  std::optional<Protocol> protocol = {};
};

constexpr std::array<Prefix, 25> prefixes{{
    {"ip@"},
    {"ipv4@", Kind::endpoint, Family::ipv4},
    {"ipv6@", Kind::endpoint, Family::ipv6},
    {"tcp@", Kind::endpoint, Family::any, Protocol::tcp},
    {"tcp4@", Kind::endpoint, Family::ipv4, Protocol::tcp},
    {"tcp6@", Kind::endpoint, Family::ipv6, Protocol::tcp},
    {"mptcp@", Kind::endpoint, Family::any, Protocol::tcp},
    {"mptcp4@", Kind::endpoint, Family::ipv4, Protocol::tcp},
    {"mptcp6@", Kind::endpoint, Family::ipv6, Protocol::tcp},
    {"udp@", Kind::endpoint, Family::any, Protocol::udp},
    {"udp4@", Kind::endpoint, Family::ipv4, Protocol::udp},
    {"udp6@", Kind::endpoint, Family::ipv6, Protocol::udp},
    {"quic@", Kind::endpoint, Family::any, Protocol::udp},
    {"quic4@", Kind::endpoint, Family::ipv4, Protocol::udp},
    {"quic6@", Kind::endpoint, Family::ipv6, Protocol::udp},
    {"unix@", Kind::no_port},
    {"uxst@", Kind::no_port},
    {"uxdg@", Kind::no_port},
    {"abns@", Kind::no_port},
    {"abnsz@", Kind::no_port},
    {"sockpair@", Kind::no_port},
    {"rev@", Kind::no_port},
    {"rhttp@", Kind::no_port},
    {"/", Kind::no_port},
    {"fd@", Kind::unresolved},
}};

Prefix take_prefix(std::string_view& text) {
  std::optional<Protocol> protocol;
  if (text.starts_with("stream+")) protocol = Protocol::tcp;
  if (text.starts_with("dgram+")) protocol = Protocol::udp;
  if (protocol) text.remove_prefix(text.find('+') + 1);
  for (auto prefix : prefixes) {
    if (!text.starts_with(prefix.text)) continue;
    text.remove_prefix(prefix.text.size());
    if (!prefix.protocol) prefix.protocol = protocol;
    return prefix;
  }
  return {.text = "", .protocol = protocol};
}

using Parsed = std::expected<Listener, std::string>;

Parsed at_host(std::string_view host, Family family, const Endpoint& at, bool v6only) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "*") {
    return Listener{.endpoint = {family == Family::ipv6 ? any_ipv6(v6only) : any_ipv4(), at.protocol, at.ports}};
  }
  auto address = Address::parse(host);
  if (!address) {
    if (host.contains(':') || host.contains('/')) return std::unexpected(quote(host) + " is no address");
    return of_host_name(host);
  }
  if (family != Family::any && host.contains(':') != (family == Family::ipv6)) {
    return std::unexpected(quote(host) + " is of the other family");
  }
  if (*address == any_ipv6(false)) address = any_ipv6(v6only);
  return Listener{.endpoint = {*address, at.protocol, at.ports}};
}

Parsed parse_address(std::string_view text, const HaproxyBinding& binding) {
  if (text.empty()) return std::unexpected(std::string("an address is empty"));
  auto rest = text;
  const auto prefix = take_prefix(rest);
  if (prefix.kind == Kind::unresolved) {
    return Listener{.kind = Kind::unresolved, .why = "the socket is handed over by what starts HAProxy"};
  }
  if (prefix.kind != Kind::endpoint) return Listener{.kind = prefix.kind};
  const auto colon = rest.find_last_of("]:");
  if (colon == std::string_view::npos || rest[colon] != ':') return std::unexpected(quote(text) + " has no port");
  const auto ports = read_port_range(rest.substr(colon + 1));
  if (!ports) return std::unexpected(quote(text) + " has no port of 1 to 65535, nor a range of such");
  const Endpoint at{{}, prefix.protocol.value_or(binding.protocol), *ports};
  return at_host(rest.substr(0, colon), prefix.family, at, binding.v6only);
}

}  // namespace

std::vector<HaproxyAddress> parse_haproxy_addresses(std::string_view list, const HaproxyBinding& binding) {
  std::vector<HaproxyAddress> addresses;
  do {
    const auto comma = list.find(',');
    HaproxyAddress address{.text = std::string(list.substr(0, comma)), .listener = {}};
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    auto listener = parse_address(address.text, binding);
    address.is_malformed = !listener;
    if (listener) {
      address.listener = std::move(*listener);
    } else {
      address.listener = {.kind = Kind::unresolved, .why = std::move(listener.error())};
    }
    addresses.push_back(std::move(address));
  } while (!list.empty());
  return addresses;
}

}  // namespace berth::discover
