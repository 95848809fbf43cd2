// What an address that a program is told to listen on comes to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"

namespace berth::discover {

struct Listener {
  enum class Kind : std::uint8_t {
    endpoint,
    ephemeral,   // the machine chooses the port
    unresolved,  // `variables` or `why`
    no_port,     // a Unix socket and the like
  };
  Kind kind = Kind::endpoint;
  Endpoint endpoint = {};
  std::vector<std::string> variables = {};
  std::string why = {};

  friend bool operator==(const Listener&, const Listener&) = default;
};

// A decimal number of 1 to 65535, leading zeros allowed, as the web servers read it.
std::optional<Port> read_port(std::string_view text);
// "8000" or "8000-8005".
std::optional<PortRange> read_port_range(std::string_view text);

// `::` as the wildcard of one family, or of both.
Address any_ipv6(bool v6only);
Address any_ipv4();

// What it stands for is for the machine to look up when the program starts: programs take the first of its addresses,
// or all, of the families that the machine has.
Listener of_host_name(std::string_view name);

}  // namespace berth::discover
