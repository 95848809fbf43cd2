// The two ways in which a compose file publishes a port. Pure.
//
// The rules: https://docs.docker.com/reference/compose-file/services/#ports; where they are silent, the parser that
// Compose and the engine share (ParsePortSpec of go-connections).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/endpoint.h"

namespace berth::discover {

struct PortMapping {
  // On the host; `*` where none is written.
  Address address;
  // On the host: as many ports as `target`, one for one; or several for a target of one port: the engine takes one of
  // them, another one for each replica. None: the engine chooses a port at each start.
  std::optional<PortRange> published;
  // In the container.
  PortRange target;
  // None: sctp, which shares no port with the others.
  std::optional<Protocol> protocol = Protocol::tcp;

  friend bool operator==(const PortMapping&, const PortMapping&) = default;
};

// The values of the long form, as text; what is not written is empty.
struct LongPort {
  std::string target;
  std::string published;
  std::string host_ip;
  std::string protocol;
};

// All texts are interpolated. Errors are clauses for a person that quote the text: what Compose would not take either.
//
// "[ADDRESS:][[PORT[-LAST]]:]PORT[-LAST][/PROTOCOL]"
std::expected<PortMapping, std::string> parse_short_port(std::string_view text);
std::expected<PortMapping, std::string> parse_long_port(const LongPort& port);

}  // namespace berth::discover
