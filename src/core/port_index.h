// Finds what may be about a port among thousands, without looking at them all.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/endpoint.h"

namespace berth {

// Numbers, each filed under ports; under several if it is added several times.
class PortIndex {
 public:
  void add(PortRange ports, std::size_t number) {
    for (auto drawer = drawer_of(ports.first); drawer <= drawer_of(ports.last); ++drawer) {
      drawers_[drawer].push_back(number);
    }
  }

  // All that overlap `ports`, and some that do not; in ascending order, each once.
  std::vector<std::size_t> near(PortRange ports) const {
    std::vector<std::size_t> found;
    for (auto drawer = drawer_of(ports.first); drawer <= drawer_of(ports.last); ++drawer) {
      found.insert(found.end(), drawers_[drawer].begin(), drawers_[drawer].end());
    }
    std::ranges::sort(found);
    const auto doubled = std::ranges::unique(found);
    found.erase(doubled.begin(), doubled.end());
    return found;
  }

 private:
  // Few enough that one for all ports is in no more than these; many enough that few share one.
  static constexpr std::size_t drawers = 1024;
  static std::size_t drawer_of(Port port) { return port / (65536 / drawers); }

  std::array<std::vector<std::size_t>, drawers> drawers_;
};

}  // namespace berth
