// What a socket unit declares: systemd.socket(5). Pure.
#pragma once

#include <string>
#include <vector>

#include "core/endpoint.h"
#include "system/unit_path.h"

namespace berth::inspect {

// What a port number without an address means on a machine.
struct PortDefaults {
  bool has_ipv6 = true;
  bool v6only = false;  // net.ipv6.bindv6only
};

// A setting that gives no endpoint, and why.
struct DoubtfulSetting {
  std::string file;
  unsigned line = 0;
  std::string why;
  // Whether systemd may bind a port for it all the same.
  bool hides_port = false;
  Protocol protocol = Protocol::tcp_udp;  // that of the port
};

struct SocketUnit {
  // Of TCP and UDP sockets that systemd binds in its own network namespace: not those of SocketProtocol=, nor of units
  // with a network of their own. In the order of the files, each once.
  std::vector<Endpoint> endpoints;
  // The service that is started when somebody connects; with Accept=yes the template of which each connection gets an
  // instance. Empty if it cannot be told.
  std::string activates;
  std::vector<DoubtfulSetting> doubtful;
};

SocketUnit read_socket_unit(const system::Unit& unit, const PortDefaults& defaults);

}  // namespace berth::inspect
