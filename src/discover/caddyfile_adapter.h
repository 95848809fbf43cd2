// What Caddy's adapter makes of a Caddyfile: the sites' addresses and the options become servers and their listeners
// (caddyserver.com/docs/caddyfile/concepts#addresses, /docs/caddyfile/options; caddyconfig/httpcaddyfile of its
// source).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.h"
#include "discover/caddy_config.h"
#include "discover/caddyfile_blocks.h"

namespace berth::discover {

// SCHEME://HOST:PORT/PATH, each part optional.
struct SiteAddress {
  std::string scheme;
  std::string host;
  std::string port;
};

// Nullopt if Caddy refuses it: another scheme than http and https, or a port that is neither a number nor a variable.
std::optional<SiteAddress> parse_site_address(std::string_view text);

struct AdaptedCaddyfile {
  CaddyConfig config;
  std::vector<Problem> problems;
};
AdaptedCaddyfile adapt_caddyfile(const CaddyfileBlocks& caddyfile);

}  // namespace berth::discover
