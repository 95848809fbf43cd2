#include "discover/port_set.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace berth::discover {
namespace {

std::set<unsigned> ports_of(const std::vector<PortRange>& ranges) {
  std::set<unsigned> ports;
  for (const auto range : ranges) {
    for (unsigned port = range.first; port <= range.last; ++port) EXPECT_TRUE(ports.insert(port).second);
  }
  return ports;
}

TEST(PortSet, HasItsEnds) {
  PortSet set;
  set.add({1, 1});
  set.add({65535, 65535});
  EXPECT_EQ(set.missing({1, 65535}), (std::vector<PortRange>{{2, 65534}}));
  EXPECT_EQ(set.within({1, 65535}), (std::vector<PortRange>{{1, 1}, {65535, 65535}}));
}
TEST(PortSet, JoinsWhatTouches) {
  PortSet set;
  for (const auto range : {PortRange{1, 2}, PortRange{5, 6}, PortRange{3, 4}}) set.add(range);
  EXPECT_EQ(set.within({1, 9}), (std::vector<PortRange>{{1, 6}}));
}

RC_GTEST_PROP(PortSet, IsASetOfPorts, (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& pairs)) {
  PortSet set;
  std::set<unsigned> model;
  for (const auto& [first, size] : pairs) {
    const PortRange range{static_cast<Port>(first + 1), static_cast<Port>(first + 1 + size % 16)};
    std::set<unsigned> present;
    std::set<unsigned> absent;
    for (unsigned port = range.first; port <= range.last; ++port)
      (model.contains(port) ? present : absent).insert(port);
    RC_ASSERT(ports_of(set.within(range)) == present);
    RC_ASSERT(ports_of(set.missing(range)) == absent);
    set.add(range);
    model.insert(absent.begin(), absent.end());
  }
}

}  // namespace
}  // namespace berth::discover
