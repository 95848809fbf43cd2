// All allocations, plus a revision number. A value: it copies and compares.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/allocation.h"

namespace berth {

// Allocations of which only the names and the endpoints have been read: enough for most of what is asked about a
// thousand of them, for a fraction of the time and the memory.
struct UnreadAllocations {
  struct Row {
    std::string_view service;
    Endpoint endpoint;
  };
  // By name, in byte order.
  std::vector<Row> rows;
  bool have_owners = false;
  // The whole of one.
  std::function<Allocation(const Row&)> read;
};

class Registry {
 public:
  using Allocations = std::map<std::string, Allocation, std::less<>>;

  // 0 for a registry that was never written; each commit adds one.
  std::uint64_t revision = 0;
  // Top-level fields that this version does not know.
  std::vector<Field> unknown;

  Registry() = default;
  Registry(std::uint64_t last_revision, std::shared_ptr<const UnreadAllocations> unread)
      : revision(last_revision), unread_(std::move(unread)) {}

  // By name, in byte order.
  const Allocations& allocations() const;
  // The endpoint of each, in no order.
  void for_each_endpoint(const std::function<void(const Endpoint&)>& look) const;
  // Whether an owner is recorded with any of them.
  bool has_owners() const;
  // Null if the service has none. Valid until the registry changes.
  const Allocation* find(std::string_view service) const { return locate(service).allocation; }
  // Where a service's allocation is, or where it would stand, so that it need not be looked for twice.
  struct Place {
    const Allocation* allocation;
    Allocations::const_iterator next;  // itself, or the first one after it
  };
  Place locate(std::string_view service) const;
  // Every allocation that overlaps `endpoint`, but for the one of `except`. By name.
  std::vector<const Allocation*> overlapping(const Endpoint& endpoint,
                                             std::optional<std::string_view> except = {}) const;

  // Adds, or replaces the one of that service. Does not check for overlaps: that is the policy's business.
  // The result is valid until that service's allocation is replaced or erased.
  const Allocation& put(Allocation allocation);
  // The same for that service's place, if nothing was erased, nor the service put, since it was located.
  const Allocation& put(const Place& place, const Allocation& allocation);
  // The same, for input in order of name: constant time.
  void append(Allocation allocation);
  bool erase(std::string_view service);

  friend bool operator==(const Registry& left, const Registry& right);

 private:
  // Both are changed by asking, not by what the answer is. What is read, replaced or new is in `allocations_`, and
  // counts there.
  mutable Allocations allocations_;
  mutable std::shared_ptr<const UnreadAllocations> unread_;
};

}  // namespace berth
