// Holders by port: for many questions to one census.
#pragma once

#include <vector>

#include "core/holder.h"

namespace berth {

// Points into the holders that it was made from; they must stay where they are.
class HolderIndex {
 public:
  explicit HolderIndex(const std::vector<Holder>& holders);

  // By first port.
  std::vector<const Holder*> overlapping(const Endpoint& endpoint) const;
  // Whatever their addresses and protocols are.
  std::vector<const Holder*> on(PortRange ports) const;

 private:
  std::vector<const Holder*> sorted_;
  unsigned longest_ = 1;  // no holder has more ports than this
};

std::vector<Holder> copies_of(const std::vector<const Holder*>& holders);

}  // namespace berth
