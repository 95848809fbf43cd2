#include "discover/listener.h"

#include "core/quote.h"

namespace berth::discover {

std::optional<Port> read_port(std::string_view text) {
  unsigned number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
    if (number > 65535) return std::nullopt;
  }
  if (number == 0) return std::nullopt;
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
