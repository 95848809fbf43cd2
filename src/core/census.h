// Everything that was seen at one moment, and what could not be seen.
#pragma once

#include <string>
#include <vector>

#include "core/holder.h"

namespace berth {

// What a source could not show, so that its silence proves nothing.
struct BlindSpot {
  std::string source;
  std::string why;
  // Whether holders may be missing; otherwise all are there, and only who is behind them is not known.
  bool hides_holders = true;
  friend bool operator==(const BlindSpot&, const BlindSpot&) = default;
};

// A container that runs, whether or not it publishes ports; what its processes hold is named after it.
struct KnownContainer {
  Container container = {};
  std::optional<Compose> compose = {};
  friend bool operator==(const KnownContainer&, const KnownContainer&) = default;
};

struct Census {
  std::vector<Holder> holders;
  std::vector<BlindSpot> blind_spots;
  // What listens on the same ports in other network namespaces. It is in nobody's way here.
  std::vector<Holder> elsewhere = {};
  std::vector<KnownContainer> containers = {};
  // The sources that were there and answered, and so whose silence says something.
  std::vector<Source> answered = {};
};

// What a bind of a server would get at this moment. Only EADDRINUSE means in use (bind(2)).
struct Probe {
  enum class Result : std::uint8_t {
    bindable,
    in_use,
    no_address,     // EADDRNOTAVAIL: this machine has no such address
    not_permitted,  // EACCES: a privileged port, or a security policy
    failed,         // anything else, `why` has it
  };
  Result result = Result::bindable;
  std::string why;
  friend bool operator==(const Probe&, const Probe&) = default;
};

// What the kernel of this machine does with ports on its own.
struct KernelRanges {
  // net.ipv4.ip_local_port_range: where it takes the source ports of outgoing connections from; inclusive.
  std::optional<PortRange> ephemeral;
  // net.ipv4.ip_local_reserved_ports: never taken so, and kept for somebody.
  std::vector<PortRange> reserved;
  // net.ipv4.ip_unprivileged_port_start: below it only root, or CAP_NET_BIND_SERVICE, may bind.
  unsigned unprivileged_start = 1024;
};

}  // namespace berth
