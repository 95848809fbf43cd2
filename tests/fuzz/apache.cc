// apache2.conf, and what it includes in further pieces; `envvars` is one of them.
#include "discover/apache.h"

#include "fuzz/configuration.h"

namespace berth::fuzz {

void apache(std::string_view input) {
  check_configuration(discover::ApacheDiscoverer(), input, "/etc/apache2/apache2.conf");
}

}  // namespace berth::fuzz
