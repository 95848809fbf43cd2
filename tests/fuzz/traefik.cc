// Traefik's configuration: the text as YAML, as TOML, and its lines as arguments.
#include "discover/traefik.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/configuration.h"

namespace berth::fuzz {

void traefik(std::string_view input) {
  for (const auto* main : {"/etc/traefik/traefik.yml", "/etc/traefik/traefik.toml"}) {
    check_configuration(discover::TraefikDiscoverer(), input, main);
  }
  std::vector<std::string> arguments;
  for (auto rest = input; !rest.empty();) {
    const auto length = std::min(rest.find('\n'), rest.size());
    arguments.emplace_back(rest.substr(0, length));
    rest.remove_prefix(std::min(rest.size(), length + 1));
  }
  check_discovery({{"/srv/compose.yaml", ""}}, discover::traefik_arguments(arguments, "/srv/compose.yaml", 1));
}

}  // namespace berth::fuzz
