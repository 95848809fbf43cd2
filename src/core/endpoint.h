// An endpoint: address x protocol x port (or contiguous ports). What a service asks for, has, or finds taken.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/address.h"

namespace berth {

using Port = std::uint16_t;

// A set of transport protocols; TCP and UDP never conflict with each other.
enum class Protocol : std::uint8_t { tcp = 1, udp = 2, tcp_udp = 3 };

constexpr bool overlap(Protocol left, Protocol right) {
  return (static_cast<unsigned>(left) & static_cast<unsigned>(right)) != 0;
}
// "tcp", "udp", "tcp+udp"
std::string_view to_string(Protocol protocol);
std::optional<Protocol> parse_protocol(std::string_view text);

// Inclusive at both ends; first <= last; never contains 0.
struct PortRange {
  Port first = 1;
  Port last = 1;

  constexpr unsigned size() const { return unsigned{last} - first + 1; }
  constexpr bool contains(Port port) const { return first <= port && port <= last; }
  constexpr bool contains(PortRange other) const { return first <= other.first && other.last <= last; }
  friend constexpr auto operator<=>(const PortRange&, const PortRange&) = default;
};

constexpr bool overlap(PortRange left, PortRange right) { return left.first <= right.last && right.first <= left.last; }
// "8080", or "8080-8090" when there is more than one port
std::string to_string(PortRange ports);

struct Endpoint {
  Address address;
  Protocol protocol = Protocol::tcp;
  PortRange ports;

  // The same address and protocol on other ports.
  Endpoint at(PortRange other) const { return {address, protocol, other}; }
  Endpoint at(Port port) const { return at(PortRange{port, port}); }

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// The invariant of the registry and the kernel's rule: one endpoint cannot be had twice.
bool overlap(const Endpoint& left, const Endpoint& right);

// For messages, always with the protocol: "8080/tcp", "127.0.0.1:53/tcp+udp", "[::1]:8080-8090/tcp".
std::string to_string(const Endpoint& endpoint);
// For commands to be typed: the shortest SPEC, "8080", "127.0.0.1:53/tcp+udp".
std::string to_spec(const Endpoint& endpoint);

}  // namespace berth
