// haproxy.cfg; "/etc/default/haproxy" may be a further piece.
#include "discover/haproxy.h"

#include "fuzz/configuration.h"

namespace berth::fuzz {

void haproxy(std::string_view input) {
  check_configuration(discover::HaproxyDiscoverer(), input, "/etc/haproxy/haproxy.cfg");
}

}  // namespace berth::fuzz
