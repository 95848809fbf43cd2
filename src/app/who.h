// Everything known about an endpoint.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "app/context.h"
#include "core/verdict.h"

namespace berth::app {

struct PortReport {
  Endpoint endpoint;
  // The heaviest verdict of all its ports.
  Verdict verdict = Verdict::free;
  std::vector<Evidence> evidence = {};
  std::vector<Allocation> allocations = {};
  std::vector<Holder> holders = {};
  // What listens on it in other network namespaces, in nobody's way here.
  std::vector<Holder> elsewhere = {};
  std::vector<BlindSpot> blind_spots = {};
  std::vector<std::string> advice = {};
};

// How closely to look: only whether it is free; also who is behind the holders, and what to do; also everybody who has
// the same sockets, and other network namespaces.
enum class Closeness : std::uint8_t { verdict, owners, everything };

// Kills nothing, records nothing.
std::expected<PortReport, Error> look_at(const Context& context, const Endpoint& endpoint, Closeness closeness);

}  // namespace berth::app
