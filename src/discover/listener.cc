#include "discover/listener.h"

#include <charconv>

#include "core/quote.h"

namespace berth::discover {

std::optional<Port> read_port(std::string_view text) {
  unsigned number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number == 0 || number > 65535) return std::nullopt;
  return static_cast<Port>(number);
}

std::optional<PortRange> read_port_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = read_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : read_port(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{*first, *last};
}

Address any_ipv6(bool v6only) { return Address::ipv6({}, v6only); }
Address any_ipv4() { return Address::ipv4({}); }

Listener of_host_name(std::string_view name) {
  return {.kind = Listener::Kind::unresolved,
          .why = "the machine looks up the addresses of " + quote(name) + " when the program starts"};
}

}  // namespace berth::discover
