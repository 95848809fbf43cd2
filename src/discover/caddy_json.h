// Caddy's own form of configuration (caddyserver.com/docs/json).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/discovery.h"
#include "discover/caddy_config.h"

namespace berth::discover {

// `path`: for the problem of a text that is no JSON object.
std::expected<CaddyConfig, Problem> parse_caddy_json(std::string_view text, const std::string& path);

}  // namespace berth::discover
