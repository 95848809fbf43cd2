// Tunnels whose packets the kernel receives itself, on UDP sockets that no process has: rtnetlink(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace berth::system {

struct TunnelDevice {
  std::string name;
  std::string kind;  // "vxlan", "geneve"
  std::uint16_t port = 0;
  friend bool operator==(const TunnelDevice&, const TunnelDevice&) = default;
};

// Those of this network namespace that are up, and so have their socket, which is bound to every address. Anybody may
// ask. Empty also if the kernel does not answer.
std::vector<TunnelDevice> tunnel_devices();

// Appends the one that a message of the kernel's answer is about, if it is about one. False if that is no such message.
// Pure: any bytes may come in.
bool read_tunnel_device(std::span<const std::byte> payload, std::vector<TunnelDevice>& devices);

}  // namespace berth::system
