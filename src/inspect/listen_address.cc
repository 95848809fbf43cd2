#include "inspect/listen_address.h"

#include <charconv>
#include <limits>

namespace berth::inspect {
namespace {

struct Digits {
  std::string_view text;
  int base = 10;
};

Digits digits_of(std::string_view text) {
  const auto begins = [&](char letter) {
    return text.size() > 1 && text.front() == '0' && (text[1] == letter || text[1] == letter - 32);
  };
  if (begins('b')) return {text.substr(2), 2};
  if (begins('o')) return {text.substr(2), 8};
  if (text.starts_with('+')) text.remove_prefix(1);
  if (begins('x')) return {text.substr(2), 16};
  if (text.size() > 1 && text.front() == '0') return {text.substr(1), 8};
  return {text, 10};
}

std::optional<Port> parse_port(std::string_view text) {
  const auto [digits, base] = digits_of(text);
  unsigned number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
  if (number == 0 || number > std::numeric_limits<Port>::max()) return std::nullopt;
  return static_cast<Port>(number);
}

std::optional<ListenAddress> parse_address_and_port(std::string_view text) {
  if (const auto percent = text.find('%'); percent != std::string_view::npos) {
    if (percent + 1 == text.size()) return std::nullopt;
    text = text.substr(0, percent);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool brackets = host.size() > 1 && host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  // IPv6 has brackets, IPv4 has none.
  if (host.contains(':') != brackets) return std::nullopt;
  const auto address = Address::parse(host);
  const auto port = parse_port(text.substr(colon + 1));
  if (!address || address->family() == Address::Family::any || !port) return std::nullopt;
  return ListenAddress{address, *port};
}

}  // namespace

std::optional<std::variant<ListenAddress, NoPort>> parse_listen_address(std::string_view text) {
  if (text.starts_with('/') || text.starts_with('@') || text.starts_with("vsock")) return NoPort{};
  if (const auto port = parse_port(text); port) return ListenAddress{std::nullopt, *port};
  if (const auto address = parse_address_and_port(text); address) return *address;
  return std::nullopt;
}

}  // namespace berth::inspect
