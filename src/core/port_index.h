// Finds what may be about a port among thousands, without looking at them all.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <vector>

#include "core/endpoint.h"

namespace berth {

// Numbers, each filed under ports; under several if it is added several times.
class PortIndex {
 public:
  void add(PortRange ports, std::size_t number) {
    for (auto drawer = drawer_of(ports.first); drawer <= drawer_of(ports.last); ++drawer) {
      auto& numbers = drawers_[drawer];
      const auto place = std::ranges::lower_bound(numbers, number);
      if (place == numbers.end() || *place != number) numbers.insert(place, number);
    }
  }

  // All that overlap `ports`, and some that do not; in ascending order, each once.
  std::vector<std::size_t> near(PortRange ports) const {
    std::vector<std::size_t> found = drawers_[drawer_of(ports.first)];
    std::vector<std::size_t> both;
    for (auto drawer = drawer_of(ports.first) + 1; drawer <= drawer_of(ports.last); ++drawer) {
      if (drawers_[drawer].empty()) continue;
      both.clear();
      std::ranges::set_union(found, drawers_[drawer], std::back_inserter(both));
      found.swap(both);
    }
    return found;
  }

 private:
  // Few enough that one for all ports is in no more than these; many enough that few share one.
  static constexpr std::size_t drawers = 1024;
  static std::size_t drawer_of(Port port) { return port / (65536 / drawers); }

  std::array<std::vector<std::size_t>, drawers> drawers_;
};

}  // namespace berth
