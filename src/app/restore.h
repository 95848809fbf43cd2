// Going back to an earlier registry, as one commit more.
#pragma once

#include <cstdint>
#include <expected>

#include "app/context.h"
#include "core/restoration.h"

namespace berth::app {

struct RestoreRequest {
  enum class Goal : std::uint8_t {
    revision,
    before_last,  // the revision before the last: takes the last commit back
    kept,         // the file of before the last commit, which needs neither the history nor a registry that can be read
  };
  Goal goal = Goal::revision;
  std::uint64_t revision = 0;
  // Refuse ports that somebody else has now, instead of warning.
  bool strict = false;
};

struct Restored {
  Restoration restoration;
  // The revision that was gone back to, and the one that is now the latest.
  std::uint64_t goal = 0;
  std::uint64_t latest = 0;
  // There was no registry that could be read.
  bool was_lost = false;
};

// What would change; nothing is written. Errors: negative (nothing to go back to), taken, those of the store. A
// registry that is invalid or gone is an error for `before_last` alone.
std::expected<Restored, Error> plan_restore(const Context& context, const RestoreRequest& request);

// The same, published. No commit if nothing changes.
std::expected<Restored, Error> restore(const Context& context, const RestoreRequest& request);

}  // namespace berth::app
