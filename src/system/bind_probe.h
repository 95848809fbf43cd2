// Whether a server that starts now would get a port: bind(2) for an instant.
#pragma once

#include <cstdint>
#include <expected>

#include "system/error.h"
#include "system/ip.h"

namespace berth::system {

struct BindPlace {
  // `every`: all addresses of both families, one dual-stack `::`, or 0.0.0.0 where there is no IPv6.
  // `ipv6`: with `::` as the address it is dual-stack, too, unless `v6only` says otherwise.
  enum class Kind : std::uint8_t { every, ipv4, ipv6 };

  Transport transport = Transport::tcp;
  Kind kind = Kind::every;
  bool v6only = false;
  IpBytes address{};
  std::uint16_t port = 0;
};

// TCP sets SO_REUSEADDR, as servers do, and never listens: a socket that is merely bound so stands in the way of nobody
// who does the same. UDP binds plainly, because two sockets with SO_REUSEADDR would share the port; two such probes at
// once see each other. The error is that of bind(2), or of socket(2): see both for the errnos.
std::expected<void, Error> probe_bind(const BindPlace& place);

}  // namespace berth::system
