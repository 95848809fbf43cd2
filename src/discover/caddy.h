// Caddy's configuration: a Caddyfile, or JSON (caddyserver.com/docs).
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class CaddyDiscoverer : public Discoverer {
 public:
  bool recognizes(std::string_view name) const override;
  std::vector<std::string> usual_files() const override;
  // Each file is a server of its own; JSON by its name, else a Caddyfile.
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

}  // namespace berth::discover
