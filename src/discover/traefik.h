// Traefik's static configuration: traefik.yml, traefik.yaml, traefik.toml, or arguments
// (doc.traefik.io/traefik/getting-started/configuration-overview).
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class TraefikDiscoverer : public Discoverer {
 public:
  bool recognizes(std::string_view name) const override;
  std::vector<std::string> usual_files() const override;
  // Of several in one directory Traefik reads one: .toml, else .yaml, else .yml.
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

// What a command line of Traefik declares, as a service of compose or a unit has it: words, without quotes. Nothing if
// it names a configuration file, which then alone counts, or sets nothing. `file`, `line`: where it is written.
Discovery traefik_arguments(const std::vector<std::string>& arguments, const std::string& file, unsigned line);

}  // namespace berth::discover
