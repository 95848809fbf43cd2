#include "discover/compose_ports.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/quote.h"

namespace berth::discover {
namespace {

using Refused = std::unexpected<std::string>;

// Of 0 to 65535; leading zeros are taken.
std::optional<Port> parse_number(std::string_view text) {
  Port number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// May begin with 0.
std::optional<PortRange> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return PortRange{*first, *last};
}

std::expected<Address, std::string> parse_address(std::string_view text) {
  if (text.empty()) return Address{};
  auto bare = text;
  if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
  const auto address = Address::parse(bare);
  if (!address || bare == "*") return Refused(quote(text) + " is not an IP address");
  return *address;
}

// The protocol of a mapping; nullopt inside for sctp.
std::expected<std::optional<Protocol>, std::string> parse_transport(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower.empty() || lower == "tcp") return Protocol::tcp;
  if (lower == "udp") return Protocol::udp;
  if (lower == "sctp") return std::optional<Protocol>{};
  return Refused(quote(text) + " is not a protocol");
}

std::expected<PortMapping, std::string> mapping_of(const LongPort& port) {
  const auto address = parse_address(port.host_ip);
  if (!address) return Refused(address.error());
  const auto protocol = parse_transport(port.protocol);
  if (!protocol) return Refused(protocol.error());
  if (port.target.empty()) return Refused("the container's port is missing");
  const auto target = parse_range(port.target);
  if (!target || target->first == 0) return Refused(quote(port.target) + " is not a port of a container");
  PortMapping mapping{*address, std::nullopt, *target, *protocol};
  if (port.published.empty()) return mapping;

  const auto published = parse_range(port.published);
  if (!published || (published->first == 0 && published->last != 0))
    return Refused(quote(port.published) + " is not a port");
  if (published->size() != target->size() && target->size() != 1)
    return Refused(quote(port.published) + " and " + quote(port.target) + " are not equally many ports");
  // Port 0 is how to ask the engine for any.
  if (published->last != 0) mapping.published = *published;
  return mapping;
}

}  // namespace

std::expected<PortMapping, std::string> parse_short_port(std::string_view text) {
  LongPort port;
  const auto target_colon = text.rfind(':');
  auto target = text.substr(target_colon == std::string_view::npos ? 0 : target_colon + 1);
  if (target_colon != std::string_view::npos) {
    const auto before = text.substr(0, target_colon);
    const auto published_colon = before.rfind(':');
    port.published = before.substr(published_colon == std::string_view::npos ? 0 : published_colon + 1);
    if (published_colon != std::string_view::npos) port.host_ip = before.substr(0, published_colon);
  }
  const auto slash = target.find('/');
  if (slash != std::string_view::npos) {
    port.protocol = target.substr(slash + 1);
    target = target.substr(0, slash);
  }
  port.target = target;
  return mapping_of(port);
}

std::expected<PortMapping, std::string> parse_long_port(const LongPort& port) {
  if (port.target.contains('-')) return Refused(quote(port.target) + " is not a port of a container");
  return mapping_of(port);
}

}  // namespace berth::discover
