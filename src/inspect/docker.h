// The ports of containers, asked of Docker and podman.
//
// Ports of containers that run or are paused are `published`; ports that a container is configured with and that it
// does not have at the moment are `configured`: `enabled` says whether the engine will start it at boot. Ports that a
// swarm publishes by its ingress network are `published` by the service, told as a container without an id. What is
// published at random is known only while it is. The containers of the census are those that run, also without any
// port.
//
// Docker is asked for its list, then for every container whose ports are not all in it; if owners are wanted, also for
// those that the question is about, since only so it is known since when they run. No engine is asked one thing twice:
// what it said first holds as long as the inspector lives. An engine that does not answer is a
// blind spot; the settings of Docker's containers are then read from the disk, and all their ports `configured`.
#pragma once

#include <vector>

#include "inspect/engine_client.h"
#include "inspect/engine_places.h"
#include "inspect/inspector.h"

namespace berth::inspect {

class DockerInspector : public Inspector {
 public:
  explicit DockerInspector(EnginePlaces places = EnginePlaces::from_environment());

  // Whether there is a socket, or the folder of an engine, or a variable that names one.
  bool is_present() const override;
  bool may_wait() const override { return true; }
  // By engine, then by container, in the engine's order.
  Census inspect(const Question& question) override;

 private:
  EnginePlaces places_;
  std::vector<EngineClient> clients_;  // one an engine
};

}  // namespace berth::inspect
