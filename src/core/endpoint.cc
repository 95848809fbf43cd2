#include "core/endpoint.h"

namespace berth {

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp:
      return "tcp";
    case Protocol::udp:
      return "udp";
    case Protocol::tcp_udp:
      return "tcp+udp";
  }
  return "";
}

std::optional<Protocol> parse_protocol(std::string_view text) {
  for (const auto protocol : {Protocol::tcp, Protocol::udp, Protocol::tcp_udp}) {
    if (text == to_string(protocol)) return protocol;
  }
  return std::nullopt;
}

std::string to_string(PortRange ports) {
  auto text = std::to_string(ports.first);
  if (ports.last != ports.first) text.append("-").append(std::to_string(ports.last));
  return text;
}

bool overlap(const Endpoint& left, const Endpoint& right) {
  return overlap(left.ports, right.ports) && overlap(left.protocol, right.protocol) &&
         Address::overlap(left.address, right.address);
}

std::string to_string(const Endpoint& endpoint) {
  std::string text;
  if (endpoint.address.family() == Address::Family::ipv6) {
    text.append("[").append(endpoint.address.to_string()).append("]:");
  } else if (endpoint.address.family() == Address::Family::ipv4) {
    text.append(endpoint.address.to_string()).append(":");
  }
  return text.append(to_string(endpoint.ports)).append("/").append(to_string(endpoint.protocol));
}

std::string to_spec(const Endpoint& endpoint) {
  auto text = to_string(endpoint);
  if (endpoint.protocol == Protocol::tcp) text.erase(text.rfind('/'));
  return text;
}

}  // namespace berth
