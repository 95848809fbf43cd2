// The sockets that Caddy opens for a configuration: its listeners, HTTP/3 beside HTTPS, the redirects from HTTP, and
// its own administration (caddyserver.com/docs/automatic-https, /docs/json/apps/http/servers, /docs/api).
#pragma once

#include "core/discovery.h"
#include "discover/caddy_config.h"

namespace berth::discover {

// One for each endpoint: `member` is the host if it is for one site alone, "admin" for the administration. Unix sockets
// and inherited descriptors have no port. `path`: the file that the configuration began with.
Discovery caddy_listeners(const CaddyConfig& config, const std::string& path);

}  // namespace berth::discover
