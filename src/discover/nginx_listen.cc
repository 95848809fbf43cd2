#include "discover/nginx_listen.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/quote.h"
#include "discover/variables.h"
#include "discover/words.h"

namespace berth::discover {
namespace {

using Kind = Listener::Kind;
using Parsed = std::expected<Listener, std::string>;

// Parameters that end in `=` have a value.
constexpr std::array<std::string_view, 12> of_one_socket{"bind",      "backlog=",  "rcvbuf=",        "sndbuf=",
                                                         "setfib=",   "fastopen=", "accept_filter=", "deferred",
                                                         "ipv6only=", "reuseport", "so_keepalive=",  "multipath"};

bool needs_own_socket(std::string_view parameter) {
  return std::ranges::any_of(of_one_socket, [&](std::string_view name) {
    return name.ends_with('=') ? parameter.starts_with(name) : parameter == name;
  });
}

std::string bad_port(std::string_view text) { return quote(text) + " has no port of 1 to 65535, nor a range of such"; }

Listener at(const Address& address, std::optional<PortRange> ports, NginxModule module) {
  if (!ports && module == NginxModule::http) ports = PortRange{80, 80};
  if (!ports) return {.kind = Kind::ephemeral};
  return {.endpoint = {address, Protocol::tcp, *ports}};
}

Parsed parse_ipv6(std::string_view text, NginxModule module, bool v6only) {
  const auto bracket = text.find(']');
  if (bracket == std::string_view::npos) return std::unexpected(quote(text) + " has no closing bracket");
  const auto address = Address::parse(text.substr(1, bracket - 1));
  if (!address || !text.substr(1, bracket - 1).contains(':')) {
    return std::unexpected(quote(text) + " has no IPv6 address in its brackets");
  }
  const auto rest = text.substr(bracket + 1);
  const auto ports = rest.starts_with(':') ? read_port_range(rest.substr(1)) : std::nullopt;
  if (!rest.empty() && !ports) return std::unexpected(bad_port(text));
  const bool is_any = address->family() == Address::Family::ipv6 && address->is_wildcard();
  return at(is_any ? any_ipv6(v6only) : *address, ports, module);
}

Parsed parse_ipv4(std::string_view text, NginxModule module) {
  if (text.contains('/')) return std::unexpected(quote(text) + " is no address");
  const auto colon = text.find(':');
  if (colon == std::string_view::npos && text.find_first_not_of("0123456789-") == std::string_view::npos) {
    const auto ports = read_port_range(text);
    if (!ports) return std::unexpected(bad_port(text));
    return at(any_ipv4(), ports, module);
  }
  const auto host = text.substr(0, colon);
  std::optional<PortRange> ports;
  if (colon != std::string_view::npos) ports = read_port_range(text.substr(colon + 1));
  if (colon != std::string_view::npos && !ports) return std::unexpected(bad_port(text));
  if (host.empty()) return std::unexpected(quote(text) + " has no address before its colon; nginx wants '*' there");
  if (host == "*") return at(any_ipv4(), ports, module);
  if (const auto address = Address::parse(host)) return at(*address, ports, module);
  return of_host_name(host);
}

Parsed parse_address(const std::string& text, NginxModule module, bool v6only) {
  if (text.starts_with("unix:")) return Listener{.kind = Kind::no_port};
  // nginx has no variables here: a template that something else fills in.
  if (auto variables = variables_in(text); !variables.empty()) {
    return Listener{.kind = Kind::unresolved, .variables = std::move(variables)};
  }
  return text.starts_with('[') ? parse_ipv6(text, module, v6only) : parse_ipv4(text, module);
}

}  // namespace

std::expected<NginxListen, std::string> parse_nginx_listen(const std::vector<std::string>& words, NginxModule module) {
  if (words.size() < 2) return std::unexpected(std::string("listen without an address or a port"));
  const auto parameters = std::span(words).subspan(2);
  auto listener = parse_address(words[1], module, !has(parameters, "ipv6only=off"));
  if (!listener) return std::unexpected(std::move(listener.error()));
  const bool is_udp = module == NginxModule::http ? has(parameters, "quic") : has(parameters, "udp");
  if (is_udp && listener->kind == Kind::endpoint) listener->endpoint.protocol = Protocol::udp;
  return NginxListen{std::move(*listener), std::ranges::any_of(parameters, needs_own_socket)};
}

}  // namespace berth::discover
