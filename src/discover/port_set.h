// A set of ports that is built from ranges.
#pragma once

#include <map>
#include <vector>

#include "core/endpoint.h"

namespace berth::discover {

class PortSet {
 public:
  void add(PortRange ports);
  // The ports of `ports` that are in the set, in order.
  std::vector<PortRange> within(PortRange ports) const;
  // Those that are not.
  std::vector<PortRange> missing(PortRange ports) const;

 private:
  std::map<unsigned, unsigned> ranges_;  // first to last, neither overlapping nor touching
};

}  // namespace berth::discover
