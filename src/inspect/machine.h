// What the use cases may ask about this machine.
#pragma once

#include <optional>

#include "core/census.h"

namespace berth::inspect {

// What a census should cover. The less it asks for, the sooner it is there.
struct Question {
  // Only holders that overlap this; nullopt: the whole machine.
  std::optional<Endpoint> about = {};
  // Sockets that listen (TCP) or are bound (UDP) alone; otherwise also bound-only ones, connections and draining ones.
  bool listeners_only = false;
  // Whether pid, process, exe, user, unit and container are wanted: may need a walk through all processes.
  bool owners = false;
};

class Machine {
 public:
  virtual ~Machine() = default;

  // Whether a server that starts now would get the endpoint (one port; every protocol of it): TCP with SO_REUSEADDR as
  // servers set it, UDP without. Binds for an instant and never listens.
  virtual Probe probe(const Endpoint& endpoint) = 0;
  virtual Census census(const Question& question) = 0;
  virtual KernelRanges kernel_ranges() = 0;

 protected:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
};

}  // namespace berth::inspect
