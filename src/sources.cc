#include "sources.h"

#include <memory>

#include "discover/apache.h"
#include "discover/caddy.h"
#include "discover/compose.h"
#include "discover/haproxy.h"
#include "discover/nginx.h"
#include "discover/traefik.h"
#include "inspect/docker.h"
#include "inspect/nat.h"
#include "inspect/network_namespaces.h"
#include "inspect/sockets.h"
#include "inspect/systemd.h"

namespace berth {

inspect::Inspectors make_inspectors(const std::string& root) {
  inspect::Inspectors inspectors;
  if (root.empty()) {
    inspectors.push_back(std::make_unique<inspect::SocketsInspector>());
    inspectors.push_back(std::make_unique<inspect::DockerInspector>());
    inspectors.push_back(std::make_unique<inspect::NatInspector>());
    inspectors.push_back(std::make_unique<inspect::NetworkNamespacesInspector>());
  }
  inspectors.push_back(std::make_unique<inspect::SystemdInspector>(root));
  return inspectors;
}

discover::Discoverers make_discoverers() {
  discover::Discoverers discoverers;
  discoverers.push_back(std::make_unique<discover::ComposeDiscoverer>());
  discoverers.push_back(std::make_unique<discover::NginxDiscoverer>());
  discoverers.push_back(std::make_unique<discover::ApacheDiscoverer>());
  discoverers.push_back(std::make_unique<discover::HaproxyDiscoverer>());
  discoverers.push_back(std::make_unique<discover::CaddyDiscoverer>());
  discoverers.push_back(std::make_unique<discover::TraefikDiscoverer>());
  return discoverers;
}

}  // namespace berth
