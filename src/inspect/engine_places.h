// Where container engines may be on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/census.h"
#include "system/http_client.h"

namespace berth::inspect {

struct EnginePlace {
  enum class Kind : std::uint8_t { docker, podman };

  Kind kind = Kind::docker;
  system::HttpPlace api = {};
  // The folder where the engine keeps its containers ("/var/lib/docker", "/var/lib/containers/storage"), which is
  // looked into when it does not answer; empty: not known.
  std::string storage = {};
  // Docker's daemon.json, which may name another folder.
  std::string settings = {};
  // Podman's folder for what runs ("/run/containers/storage").
  std::string running = {};
  // The environment variable that names the engine: then somebody says that it is there.
  std::string variable = {};

  friend bool operator==(const EnginePlace&, const EnginePlace&) = default;
};

// What the environment says; what is not set is empty.
struct EngineVariables {
  std::string docker_host;     // DOCKER_HOST: "unix:///run/docker.sock", "tcp://127.0.0.1:2375"
  std::string container_host;  // CONTAINER_HOST, the same for podman
  std::string runtime_folder;  // XDG_RUNTIME_DIR, where a user's own engines are
};

struct EnginePlaces {
  std::vector<EnginePlace> engines;
  // Variables that name what cannot be asked. The usual places are looked at instead.
  std::vector<BlindSpot> blind_spots;

  // Pure. A variable takes the place of all usual places of its kind of engine.
  static EnginePlaces of(const EngineVariables& variables);
  static EnginePlaces from_environment();
};

}  // namespace berth::inspect
