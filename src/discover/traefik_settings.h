// Traefik's static configuration as settings, whatever it is written in
// (doc.traefik.io/traefik/reference/static-configuration). Pure.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.h"

namespace berth::discover {

// "entryPoints.web.address" is ":80". A group without anything in it is a setting, too: "ping" of `ping: {}`. What is
// null is none.
struct TraefikSetting {
  // As written; Traefik does not tell the cases of letters apart, but for names.
  std::vector<std::string> path;
  std::string value;
  unsigned line = 0;

  friend bool operator==(const TraefikSetting&, const TraefikSetting&) = default;
};
using TraefikSettings = std::vector<TraefikSetting>;

// No more than `most_settings`, and none that is deeper than `deepest_setting`: all that decide on ports come before.
constexpr std::size_t most_settings = 20'000;
constexpr std::size_t deepest_setting = 4;

// The problem of a text that cannot be read has no file.
std::expected<TraefikSettings, Problem> traefik_settings_of_yaml(std::string_view text);
std::expected<TraefikSettings, Problem> traefik_settings_of_toml(std::string_view text);

// `--entryPoints.web.address=:80`, `--entrypoints.web.address :80`, `--ping`. Other words are passed over.
TraefikSettings traefik_settings_of_arguments(const std::vector<std::string>& arguments);

// Without regard to the case of ASCII letters.
bool same_word(std::string_view left, std::string_view right);

}  // namespace berth::discover
