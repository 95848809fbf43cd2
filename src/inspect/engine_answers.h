// What a container engine says about its containers, read out of its JSON. Pure: any text may come in.
//
// Forms: the Docker engine API 1.24 and later (/containers/json, /containers/ID/json, /services), the files of its data
// folder, and podman's own API (/libpod/containers/json, 4.0 and later; the compatible one loses ranges).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"
#include "core/holder.h"

namespace berth::inspect {

// Ports of the machine that lead to ports of a container.
struct PortMapping {
  Endpoint endpoint;  // the machine's end; `*` if the engine names no address
  // The container's end: as many ports, or a single one if only one of the machine's is taken; {0, 0}: not known.
  PortRange target = {0, 0};
  friend bool operator==(const PortMapping&, const PortMapping&) = default;
};

// `published`: running, paused. `waiting`: created, exited, restarting, on its way up or down. `dead`: never comes
// back.
enum class ContainerState : std::uint8_t { published, waiting, dead };

struct EngineContainer {
  Container container = {};
  std::optional<Compose> compose = {};
  ContainerState state = ContainerState::waiting;
  std::string since = {};    // RFC 3339 in UTC, whole seconds; of one that runs
  std::string address = {};  // its own, as text; IPv4 if it has one
  std::optional<bool> enabled = {};
  std::vector<PortMapping> published = {};
  std::vector<PortMapping> configured = {};
  // Ports of the container that the engine names and does not publish (as far as it says): one that is configured may
  // be among them.
  bool has_unpublished = false;
  friend bool operator==(const EngineContainer&, const EngineContainer&) = default;
};

// Why a text is not the answer that it should be.
struct BadAnswer {
  std::string why;
};
template <typename T>
using Answer = std::expected<T, BadAnswer>;

// GET /containers/json?all=1. Says nothing about configured ports, and of `since` and `enabled`.
Answer<std::vector<EngineContainer>> read_docker_list(std::string_view json);

// GET /containers/ID/json. Of an engine that runs: published ports are told as such.
Answer<EngineContainer> read_docker_container(std::string_view json);

// config.v2.json and hostconfig.json of a container's folder. All its ports are configured, also those that were
// published at random and that it still has if it runs without the engine; `running` is what it was, when that was
// written.
Answer<EngineContainer> read_docker_files(std::string_view config, std::string_view host_config);

// GET /services: what the ingress network of the swarm publishes, each service as if it were a container: its name, its
// image, no id; a stack is told as compose project.
Answer<std::vector<EngineContainer>> read_docker_services(std::string_view json);

// GET /libpod/containers/json?all=true. Complete but for `enabled` and `address`.
Answer<std::vector<EngineContainer>> read_podman_list(std::string_view json);

// containers.json of podman's storage: id, name and image of each container, nothing else.
Answer<std::vector<Container>> read_podman_storage(std::string_view json);

// The engine's "message", or the text itself if it is not of that form; the beginning of it, quoted, on one line.
std::string read_error(std::string_view text);

}  // namespace berth::inspect
