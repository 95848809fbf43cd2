// The file of a history: read from its end, and kept from growing for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "system/error.h"
#include "system/files.h"

namespace berth::store {

// How much of a history is kept.
struct HistoryBound {
  // So many of the last commits ...
  std::size_t commits = 1000;
  // ... unless they are larger than this together.
  std::size_t bytes = 16UZ << 20;
  // It is looked after each time that the revision is a multiple of this: the cost of cutting it is shared by so many.
  std::uint64_t every = 250;
};

// The whole lines at the end of the history, far more than are kept; empty if there is none. A last line without
// newline is left as it is.
std::expected<std::string, system::Error> read_history(const std::string& path);

// Puts a copy in the place of a history that has other names too (hard links): these keep what they have. Under the
// writers' lock.
std::expected<void, system::Error> leave_other_names(system::Files& files, const std::string& path);

// Cuts off the oldest lines if it is time to, after the commit of `revision`. Under the writers' lock. The file is
// replaced as a whole: a reader, or a crash at any instant, finds the old one or the new one.
std::expected<void, system::Error> prune_history(system::Files& files, const std::string& path, std::uint64_t revision,
                                                 const HistoryBound& bound);

}  // namespace berth::store
