// Docker Compose's projects: the ports that their services publish.
//
// One directory is one project, as for `docker compose` without options: of compose.yaml, compose.yml,
// docker-compose.yaml, docker-compose.yml the first that is there; upon it the first of compose.override.yml,
// compose.override.yaml, docker-compose.override.yml, docker-compose.override.yaml; or what COMPOSE_FILE in its `.env`
// says. Other files of such names (docker-compose.prod.yml) are chosen by `-f` alone: they are read, each by itself,
// where nothing else makes a project.
//
// Variables are those of `.env`; the environment of whoever calls berth is not that of whoever starts the project. What
// they leave open is unresolved.
//
// What a port becomes:
// - `group` is the project, `member` the service, the owner `project/service`; `optional`: the service has profiles,
// and
//   COMPOSE_PROFILES of `.env` starts none of them.
// - "8080-8090:80": the engine takes one of the eleven, another one for each replica. All of them are kept for it: a
//   `declared` range with a `target` of one port.
// - "80" alone, and published port 0: `ephemeral`.
// - network_mode: host publishes nothing; the program opens what it wants. A port that is the same on both sides is
// taken
//   for what it opens; everything else is unresolved, also (once) that such a service names no port at all. `expose:`
//   opens nothing anywhere and counts for nothing.
// - network_mode: service:x, container:x and none cannot publish: a port there is unresolved.
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class ComposeDiscoverer : public Discoverer {
 public:
  ComposeDiscoverer() = default;

  bool recognizes(std::string_view name) const override;
  bool is_about_the_machine() const override { return true; }
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

}  // namespace berth::discover
