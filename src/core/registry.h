// All allocations, plus a revision number. A value: it copies and compares.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/allocation.h"

namespace berth {

class Registry {
 public:
  using Allocations = std::map<std::string, Allocation, std::less<>>;

  // 0 for a registry that was never written; each commit adds one.
  std::uint64_t revision = 0;
  // Top-level fields that this version does not know.
  std::vector<Field> unknown;

  // By name, in byte order.
  const Allocations& allocations() const { return allocations_; }
  // Null if the service has none. Valid until the registry changes.
  const Allocation* find(std::string_view service) const;
  // Every allocation that overlaps `endpoint`, but for the one of `except`. By name.
  std::vector<const Allocation*> overlapping(const Endpoint& endpoint,
                                             std::optional<std::string_view> except = {}) const;

  // Adds, or replaces the one of that service. Does not check for overlaps: that is the policy's business.
  // The result is valid until that service's allocation is replaced or erased.
  const Allocation& put(Allocation allocation);
  // The same, for input in order of name: constant time.
  void append(Allocation allocation);
  bool erase(std::string_view service);

  friend bool operator==(const Registry&, const Registry&) = default;

 private:
  Allocations allocations_;
};

}  // namespace berth
