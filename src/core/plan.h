// A list of changes to a registry, computed before anything is touched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/growing_registry.h"

namespace berth {

struct PlannedChange {
  enum class What : std::uint8_t {
    add,       // will be written
    keep,      // is registered so already
    conflict,  // two parties want one endpoint; left to the operator
    skip,      // seen, and left alone
  };
  // Of what is kept: how much of it has been found.
  enum class Match : std::uint8_t {
    whole,
    part,  // more was found than is registered
    none,  // nothing was found where it is registered
  };
  What what = What::add;
  Allocation allocation;
  std::string because;
  // Whether a port is known at all; otherwise the allocation's endpoint means nothing.
  bool has_port = true;
  // What found it would be called by: of a conflict and of what is skipped, which have no service. May be empty.
  std::string party = {};
  Match match = Match::whole;
};
std::string_view to_string(PlannedChange::What what);

// What taking over `found` would do to `registry`: what is there stays as it is, what overlaps it is a conflict, and of
// two that are found the first wins.
PlannedChange plan_take_over(const GrowingRegistry& registry, Allocation found, std::string because);

struct Plan {
  std::vector<PlannedChange> changes;

  bool adds() const;
  bool has_conflicts() const;
};

}  // namespace berth
