#include "discover/caddy_config.h"

#include <algorithm>
#include <charconv>

namespace berth::discover {
namespace {

std::optional<unsigned> number_in(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view without_brackets(std::string_view host) {
  while (host.starts_with('[') || host.starts_with(']')) host.remove_prefix(1);
  while (host.ends_with('[') || host.ends_with(']')) host.remove_suffix(1);
  return host;
}

// The colon before the port: none in a placeholder, nor in an IPv6 address without brackets.
std::size_t colon_of_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return colon;
  const auto next = text.find_first_of("{}]", colon);
  if (next != std::string_view::npos && text[next] != '{') return std::string_view::npos;
  const auto host = text.substr(0, colon);
  const bool bare_ipv6 =
      !host.starts_with('[') && host.find(':') != std::string_view::npos && host.find('{') == std::string_view::npos;
  return bare_ipv6 ? std::string_view::npos : colon;
}

}  // namespace

std::string to_string(const CaddyAddress& address) {
  std::string text;
  if (address.network != "tcp") text.append(address.network).append("/");
  if (!address.has_port()) return text.append(address.host);
  const bool brackets = address.host.find(':') != std::string::npos;
  text.append(brackets ? "[" : "").append(address.host).append(brackets ? "]" : "");
  return text.append(":").append(address.port);
}

CaddyAddress parse_caddy_address(std::string_view text, std::string_view fallback) {
  CaddyAddress address;
  if (const auto slash = text.find('/'); slash != std::string_view::npos && text.find('{') > slash) {
    address.network = text.substr(0, slash);
    std::ranges::transform(address.network, address.network.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    text.remove_prefix(slash + 1);
  }
  if (!address.has_port()) {
    address.host = text;
    return address;
  }
  const auto colon = colon_of_port(text);
  address.host = without_brackets(text.substr(0, colon));
  address.port = colon == std::string_view::npos ? fallback : text.substr(colon + 1);
  return address;
}

bool has_port(const CaddyAddress& address, std::string_view port) {
  if (!address.has_port()) return false;
  const std::string_view range = address.port;
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return range == port;
  const auto first = number_in(range.substr(0, dash));
  const auto last = number_in(range.substr(dash + 1));
  const auto wanted = number_in(port);
  return first && last && wanted && *first <= *wanted && *wanted <= *last;
}

}  // namespace berth::discover
