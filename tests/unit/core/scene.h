// A machine made of values, for the policy to look at.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/policy.h"
#include "unit/core/written.h"

namespace berth::tests {

struct Scene {
  std::vector<Holder> holders = {};
  KernelRanges kernel = {.ephemeral = PortRange{32768, 60999}, .reserved = {}, .unprivileged_start = 1024};
  // What a probe says where no holder explains it.
  std::map<Port, Probe> probes = {};

  // What was asked, in order.
  std::vector<Endpoint> probed = {};
  std::vector<Endpoint> named = {};

  Probe probe(const Endpoint& endpoint) {
    probed.push_back(endpoint);
    if (const auto found = probes.find(endpoint.ports.first); found != probes.end()) return found->second;
    const bool in_use =
        std::ranges::any_of(holders, [&](const Holder& holder) { return overlap(holder.endpoint, endpoint); });
    return {in_use ? Probe::Result::in_use : Probe::Result::bindable, ""};
  }

  std::vector<Holder> holders_of(const Endpoint& endpoint) {
    named.push_back(endpoint);
    std::vector<Holder> found;
    std::ranges::copy_if(holders, std::back_inserter(found),
                         [&](const Holder& holder) { return overlap(holder.endpoint, endpoint); });
    return found;
  }

  // Valid as long as the scene.
  Sight sight() {
    return {[this](const Endpoint& endpoint) { return probe(endpoint); },
            [this](const Endpoint& endpoint) { return holders_of(endpoint); },
            [this]() -> const KernelRanges& { return kernel; }};
  }
};

inline std::expected<Outcome, Error> decide_all(const Registry& registry, Scene& scene,
                                                std::span<const Request> requests) {
  const auto sight = scene.sight();
  return decide(registry, requests, sight, now);
}

inline std::expected<Decision, Error> decide_one(const Registry& registry, Scene& scene, const Request& request) {
  auto outcome = decide_all(registry, scene, {&request, 1});
  if (!outcome) return std::unexpected(outcome.error());
  return std::move(outcome->decisions.front());
}

inline PortRange ports_of(const std::expected<Decision, Error>& decision) {
  return decision.value().allocation.endpoint.ports;
}

}  // namespace berth::tests
