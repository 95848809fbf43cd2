// The sockets that Traefik opens for its static configuration: its entry points
// (doc.traefik.io/traefik/routing/entrypoints), and those that it makes itself
// (SetEffectiveConfiguration in pkg/config/static/static_config.go of its source).
#pragma once

#include <string>

#include "core/discovery.h"
#include "discover/traefik_settings.h"

namespace berth::discover {

// Nothing if no setting is one of the static configuration: routers and services are no listeners.
Discovery traefik_listeners(const TraefikSettings& settings, const std::string& file);

}  // namespace berth::discover
