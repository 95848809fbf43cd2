#include "discover/port_set.h"

#include <algorithm>
#include <iterator>

namespace berth::discover {
namespace {

PortRange range(unsigned first, unsigned last) { return {static_cast<Port>(first), static_cast<Port>(last)}; }

// The first of the ranges that does not end before `port`.
auto first_until(const std::map<unsigned, unsigned>& ranges, unsigned port) {
  auto next = ranges.upper_bound(port);
  if (next != ranges.begin() && std::prev(next)->second >= port) --next;
  return next;
}

}  // namespace

void PortSet::add(PortRange ports) {
  unsigned first = ports.first;
  unsigned last = ports.last;
  for (auto each = first_until(ranges_, first - 1); each != ranges_.end() && each->first <= last + 1;) {
    first = std::min(first, each->first);
    last = std::max(last, each->second);
    each = ranges_.erase(each);
  }
  ranges_.emplace(first, last);
}

std::vector<PortRange> PortSet::within(PortRange ports) const {
  std::vector<PortRange> found;
  for (auto each = first_until(ranges_, ports.first); each != ranges_.end() && each->first <= ports.last; ++each) {
    found.push_back(range(std::max<unsigned>(each->first, ports.first), std::min<unsigned>(each->second, ports.last)));
  }
  return found;
}

std::vector<PortRange> PortSet::missing(PortRange ports) const {
  std::vector<PortRange> found;
  unsigned next = ports.first;
  for (const auto there : within(ports)) {
    if (next < there.first) found.push_back(range(next, there.first - 1U));
    next = there.last + 1U;
  }
  if (next <= ports.last) found.push_back(range(next, ports.last));
  return found;
}

}  // namespace berth::discover
