#include "core/holder_index.h"

#include <algorithm>

namespace berth {
namespace {

unsigned first_port(const Holder* holder) { return holder->endpoint.ports.first; }

}  // namespace

HolderIndex::HolderIndex(const std::vector<Holder>& holders) {
  sorted_.reserve(holders.size());
  for (const auto& holder : holders) {
    sorted_.push_back(&holder);
    longest_ = std::max(longest_, holder.endpoint.ports.size());
  }
  std::ranges::stable_sort(sorted_, {}, first_port);
}

std::vector<const Holder*> HolderIndex::overlapping(const Endpoint& endpoint) const {
  auto found = on(endpoint.ports);
  std::erase_if(found, [&](const Holder* holder) { return !overlap(holder->endpoint, endpoint); });
  return found;
}

std::vector<const Holder*> HolderIndex::on(PortRange ports) const {
  std::vector<const Holder*> found;
  if (sorted_.empty()) return found;
  // A holder that begins further down than this cannot reach the first port.
  const unsigned reach = ports.first >= longest_ ? ports.first - longest_ + 1 : 0;
  for (auto holder = std::ranges::lower_bound(sorted_, reach, {}, first_port);
       holder != sorted_.end() && first_port(*holder) <= ports.last; ++holder) {
    if (overlap((*holder)->endpoint.ports, ports)) found.push_back(*holder);
  }
  return found;
}

std::vector<Holder> copies_of(const std::vector<const Holder*>& holders) {
  std::vector<Holder> copies;
  copies.reserve(holders.size());
  for (const auto* holder : holders) copies.push_back(*holder);
  return copies;
}

}  // namespace berth
