// A Caddyfile, and what it imports in further pieces; and the same text as JSON.
#include "discover/caddy.h"

#include "fuzz/configuration.h"

namespace berth::fuzz {

void caddy(std::string_view input) {
  check_configuration(discover::CaddyDiscoverer(), input, "/etc/caddy/Caddyfile");
  check_configuration(discover::CaddyDiscoverer(), input, "/etc/caddy/caddy.json");
}

}  // namespace berth::fuzz
