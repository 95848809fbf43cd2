// Everything known about an endpoint.
#pragma once

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

// `named`: whether the processes behind the holders are wanted. Kills nothing, records nothing.
std::expected<PortReport, Error> look_at(const Context& context, const Endpoint& endpoint, bool named);

}  // namespace berth::app
