// The words that sockets are spoken of in this folder.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

namespace berth::system {

enum class Transport : std::uint8_t { tcp, udp };
enum class IpFamily : std::uint8_t { ipv4, ipv6 };

// In network order; IPv4 in the first four bytes, the others zero.
using IpBytes = std::array<std::uint8_t, 16>;

// Inclusive at both ends.
struct PortSpan {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;
  friend auto operator<=>(const PortSpan&, const PortSpan&) = default;
};

}  // namespace berth::system
