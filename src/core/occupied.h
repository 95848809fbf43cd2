// Which ports the registry has given away: an index of a registry by port.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

#include "core/registry.h"

namespace berth {

// Points into the registry, which must outlive it: every allocation that is changed there must be removed before and
// added after.
class Occupied {
 public:
  explicit Occupied(const Registry& registry);

  void add(const Allocation& allocation);
  void remove(const Allocation& allocation);

  // The first allocation that overlaps `endpoint` (any number of ports), but for the one of `except`; null if none.
  // The first by port, then by name.
  const Allocation* find(const Endpoint& endpoint, std::optional<std::string_view> except) const;

  // `endpoint` is taken; the last port up to which all that follow are taken too, as far as a glance can tell.
  Port end_of_run(const Endpoint& endpoint, std::optional<std::string_view> except) const;

 private:
  struct Entry {
    PortRange ports;
    const Allocation* allocation;
    unsigned first() const { return ports.first; }
  };
  void mark(const Endpoint& endpoint);
  bool is_set(unsigned port, Protocol protocol) const;
  bool any_set(const Endpoint& endpoint) const;

  static bool is_before(const Entry& left, const Entry& right);
  // In order. They are sorted when somebody looks: most requests never meet a port that is taken.
  const std::vector<Entry>& entries() const;

  const Registry& registry_;
  mutable std::vector<Entry> entries_;
  mutable bool sorted_ = false;
  unsigned longest_ = 1;  // no entry has more ports than this
  // Every port that any allocation has on any address.
  std::bitset<65536> tcp_;
  std::bitset<65536> udp_;
};

}  // namespace berth
