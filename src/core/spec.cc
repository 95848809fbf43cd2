#include "core/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace berth {
namespace {

std::unexpected<Error> usage(std::string message, std::string hint = {}) {
  return std::unexpected(Error{ErrorCode::usage, std::move(message), std::move(hint)});
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::optional<Port> parse_port(std::string_view text) {
  if (text.empty() || text.front() == '0' || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  Port port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

struct Parts {
  std::string_view address;  // without brackets; empty if not given
  std::string_view ports;
  std::string_view protocol;  // empty if not given
};

std::expected<Parts, Error> split(std::string_view spec) {
  Parts parts;
  auto rest = spec;
  if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
    parts.protocol = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    if (parts.protocol.empty()) return usage(fmt::format("{} has no protocol after '/'", quote(spec)));
  }
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) {
    parts.ports = rest;
    return parts;
  }
  parts.ports = rest.substr(colon + 1);
  parts.address = rest.substr(0, colon);
  if (parts.address.starts_with('[') && parts.address.ends_with(']')) {
    parts.address = parts.address.substr(1, parts.address.size() - 2);
    if (parts.address.contains(':')) return parts;
  } else if (!parts.address.empty() && !parts.address.contains(':')) {
    return parts;
  }
  return usage(fmt::format("{} has no valid address before the port", quote(spec)),
               "write 127.0.0.1:8080 or [::1]:8080, with brackets around an IPv6 address; or the port alone");
}

bool is_word_character(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' ||
         byte == '-';
}

bool is_word(std::string_view word) {
  constexpr std::size_t longest = 63;
  if (word.empty() || word.size() > longest || !std::ranges::all_of(word, is_word_character)) return false;
  return word.front() != '.' && word.front() != '_' && word.front() != '-';
}

char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; }

// Steps from one word to the other, case aside: a letter more, less or other, or two neighbours swapped (the restricted
// Damerau-Levenshtein distance).
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::vector<std::size_t>> steps(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
  for (std::size_t i = 0; i <= left.size(); ++i) {
    for (std::size_t j = 0; j <= right.size(); ++j) {
      if (i == 0 || j == 0) {
        steps[i][j] = i + j;
        continue;
      }
      const auto same = [&](std::size_t a, std::size_t b) { return lower(left[a]) == lower(right[b]); };
      steps[i][j] =
          std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
        steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
      }
    }
  }
  return steps[left.size()][right.size()];
}

}  // namespace

std::expected<PortRange, Error> parse_ports(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
  if (!first || !last) {
    return usage(fmt::format("invalid port {}: a port is a number from 1 to 65535", quote(text)),
                 dash == std::string_view::npos ? "" : "a range is written 10000-10100");
  }
  if (*last < *first) {
    return usage(fmt::format("invalid range {}: it ends before it begins", quote(text)),
                 fmt::format("did you mean {}-{}?", *last, *first));
  }
  return PortRange{*first, *last};
}

std::expected<Endpoint, Error> parse_endpoint(std::string_view spec) {
  const auto parts = split(spec);
  if (!parts) return std::unexpected(parts.error());
  Endpoint endpoint;
  if (!parts->address.empty()) {
    const auto address = Address::parse(parts->address);
    if (!address) {
      return usage(fmt::format("invalid address {} in {}", quote(parts->address), quote(spec)),
                   "an address is IPv4 (127.0.0.1), IPv6 in brackets ([::1]) or *, not a name");
    }
    endpoint.address = *address;
  }
  if (!parts->protocol.empty()) {
    const auto protocol = parse_protocol(parts->protocol);
    if (!protocol) {
      return usage(fmt::format("invalid protocol {} in {}", quote(parts->protocol), quote(spec)),
                   "a protocol is tcp, udp or tcp+udp");
    }
    endpoint.protocol = *protocol;
  }
  const auto ports = parse_ports(parts->ports);
  if (!ports) return std::unexpected(ports.error());
  endpoint.ports = *ports;
  return endpoint;
}

std::expected<Kind, Error> parse_kind(std::string_view text) {
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    if (text == to_string(kind)) return kind;
  }
  const auto near = nearest(text, {to_string(Kind::fixed), to_string(Kind::flexible)});
  return usage(fmt::format("unknown kind {}: it is fixed or flexible", quote(text)),
               near ? fmt::format("did you mean {}?", *near) : "");
}

std::expected<void, Error> check_service_name(std::string_view name) {
  if (name.empty()) return usage("the service name is empty");
  const auto slash = name.find('/');
  if (is_word(name.substr(0, slash)) && (slash == std::string_view::npos || is_word(name.substr(slash + 1)))) return {};
  return usage(
      fmt::format("invalid service name {}", quote(name)),
      "a name is letters, digits, '.', '_' and '-', begins with a letter or digit, has at most 63 characters,\n"
      "and may have a second such word after '/', as in keycloak/admin");
}

std::optional<std::string_view> nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t longest = 128;
  if (text.empty() || text.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  auto best_distance = std::max<std::size_t>(1, std::min<std::size_t>(3, text.size() / 2)) + 1;
  for (const auto candidate : candidates) {
    if (candidate.size() > longest) continue;
    if (const auto steps = distance(text, candidate); steps < best_distance) {
      best_distance = steps;
      best = candidate;
    }
  }
  return best;
}

}  // namespace berth
