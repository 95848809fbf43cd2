#include "discover/caddy.h"

#include <algorithm>
#include <utility>

#include "discover/caddy_json.h"
#include "discover/caddy_listeners.h"
#include "discover/caddyfile_adapter.h"

namespace berth::discover {
namespace {

Discovery read_caddyfile_of(const FileTree& tree, const std::string& path) {
  const auto blocks = read_caddyfile(tree, path);
  // A file that could not be read at all has no administration either.
  if (blocks.files.empty()) return {{}, blocks.problems};
  auto adapted = adapt_caddyfile(blocks);
  auto discovery = caddy_listeners(adapted.config, path);
  std::ranges::move(discovery.problems, std::back_inserter(adapted.problems));
  discovery.problems = std::move(adapted.problems);
  return discovery;
}

Discovery read_json(const FileTree& tree, const std::string& path) {
  const auto text = tree.read(path);
  if (!text) return {{}, {{path, 0, text.error()}}};
  if (!*text) return {{}, {{path, 0, "no such file"}}};
  const auto config = parse_caddy_json(**text, path);
  if (!config) return {{}, {config.error()}};
  return caddy_listeners(*config, path);
}

}  // namespace

bool CaddyDiscoverer::recognizes(std::string_view name) const { return name == "Caddyfile" || name == "caddy.json"; }

std::vector<std::string> CaddyDiscoverer::usual_files() const {
  return {"/etc/caddy/Caddyfile", "/etc/caddy/caddy.json"};
}

Discovery CaddyDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Discovery all;
  for (const auto& path : paths) {
    auto one = path.ends_with(".json") ? read_json(tree, path) : read_caddyfile_of(tree, path);
    std::ranges::move(one.found, std::back_inserter(all.found));
    std::ranges::move(one.problems, std::back_inserter(all.problems));
  }
  return all;
}

}  // namespace berth::discover
