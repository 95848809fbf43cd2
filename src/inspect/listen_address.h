// The addresses of ListenStream= and ListenDatagram=: systemd.socket(5). Pure.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "core/endpoint.h"

namespace berth::inspect {

// An address and a port; no address: every address of the machine, by IPv6 if it has that.
struct ListenAddress {
  std::optional<Address> address;
  Port port = 0;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// A path in the file system, an abstract name, AF_VSOCK: no port of ours.
struct NoPort {
  friend bool operator==(const NoPort&, const NoPort&) = default;
};

// "8080", "127.0.0.1:8080", "[::1]:8080", "[fe80::1]:8080%eth0", "/run/x", "@x", "vsock:2:80". Numbers as systemd takes
// them: 0x1F90, 0b11, 0o17, and 017 as octal. Specifiers must be expanded. nullopt for what systemd refuses, but for an
// interface that does not exist: that is taken.
std::optional<std::variant<ListenAddress, NoPort>> parse_listen_address(std::string_view text);

}  // namespace berth::inspect
