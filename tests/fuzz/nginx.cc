// nginx.conf, and what it includes in further pieces.
#include "discover/nginx.h"

#include "fuzz/configuration.h"

namespace berth::fuzz {

void nginx(std::string_view input) { check_configuration(discover::NginxDiscoverer(), input, "/etc/nginx/nginx.conf"); }

}  // namespace berth::fuzz
