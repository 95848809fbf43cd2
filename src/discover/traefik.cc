#include "discover/traefik.h"

#include <algorithm>
#include <array>
#include <utility>

#include "discover/traefik_listeners.h"

namespace berth::discover {
namespace {

// In the order in which Traefik looks for them.
constexpr std::array<std::string_view, 3> names{"traefik.toml", "traefik.yaml", "traefik.yml"};

Discovery read_one(const FileTree& tree, const std::string& path) {
  const auto text = tree.read(path);
  if (!text) return {{}, {{path, 0, text.error()}}};
  if (!*text) return {{}, {{path, 0, "no such file"}}};
  auto settings = path.ends_with(".toml") ? traefik_settings_of_toml(**text) : traefik_settings_of_yaml(**text);
  if (settings) return traefik_listeners(*settings, path);
  settings.error().file = path;
  return {{}, {std::move(settings.error())}};
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool TraefikDiscoverer::recognizes(std::string_view name) const {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> TraefikDiscoverer::usual_files() const {
  std::vector<std::string> paths;
  paths.reserve(names.size());
  for (const auto name : names) paths.push_back("/etc/traefik/" + std::string(name));
  return paths;
}

Discovery TraefikDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Discovery all;
  const auto rank = [](const std::string& path) { return std::ranges::find(names, name_of(path)) - names.begin(); };
  const auto first = std::ranges::min_element(paths, {}, rank);
  for (auto path = paths.begin(); path != paths.end(); ++path) {
    if (recognizes(name_of(*path)) && path != first) continue;
    auto one = read_one(tree, *path);
    std::ranges::move(one.found, std::back_inserter(all.found));
    std::ranges::move(one.problems, std::back_inserter(all.problems));
  }
  return all;
}

Discovery traefik_arguments(const std::vector<std::string>& arguments, const std::string& file, unsigned line) {
  const auto settings = traefik_settings_of_arguments(arguments);
  const bool elsewhere = std::ranges::any_of(
      settings, [](const auto& one) { return one.path.size() == 1 && same_word(one.path.front(), "configFile"); });
  if (elsewhere) return {};
  auto discovery = traefik_listeners(settings, file);
  for (auto& found : discovery.found) found.line = line;
  for (auto& problem : discovery.problems) problem.line = line;
  return discovery;
}

}  // namespace berth::discover
