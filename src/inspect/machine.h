// What the use cases may ask about this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/census.h"

namespace berth::inspect {

// `hidden`: all that takes ports without a socket of its own: containers, NAT rules, socket units.
enum class Sources : std::uint8_t { sockets, hidden, all };

// What a census should cover. The less it asks for, the sooner it is there.
struct Question {
  // Only holders that overlap this; nullopt: the whole machine.
  std::optional<Endpoint> about = {};
  // Sockets that listen (TCP) or are bound (UDP) alone; otherwise also bound-only ones, connections and draining ones.
  bool listeners_only = false;
  // Whether pid, process, exe, user, unit and container are wanted: may need a walk through all processes.
  bool owners = false;
  Sources sources = Sources::sockets;
  // Every process that has a socket, not only its owner; and what listens in other network namespaces.
  bool thorough = false;
  // When every source must have answered; one that has not is a blind spot.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
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
