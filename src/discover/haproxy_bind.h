// The addresses of HAProxy's `bind`, `dgram-bind`, `peer` and `stats socket` (its configuration manual, section 11).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discover/listener.h"

namespace berth::discover {

// One of the addresses of a line. Malformed: `listener.why` says how, and it is a problem, not something to resolve.
struct HaproxyAddress {
  std::string text;
  Listener listener;
  bool is_malformed = false;
};

struct HaproxyBinding {
  Protocol protocol = Protocol::tcp;  // where the address does not say
  // What `::` is: v4v6, v6only, or else net.ipv6.bindv6only of the machine.
  bool v6only = false;
};

// A list like ":80,:::80,127.0.0.1:9000-9003", without variables. Without an address, and with `*`, it is 0.0.0.0,
// unless a prefix like ipv6@ makes it `::`.
std::vector<HaproxyAddress> parse_haproxy_addresses(std::string_view list, const HaproxyBinding& binding);

}  // namespace berth::discover
