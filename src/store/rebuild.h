// A registry as it was, from one that is known and the commits between the two.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "store/store.h"

namespace berth::store {

// Takes the commits back, the latest first. `commits` lead to `latest`, the oldest first. Error: negative if there is
// no such revision, or the history does not reach back to it.
std::expected<Past, Error> go_back(Registry latest, const std::vector<Commit>& commits, std::uint64_t revision);

// Makes the commits again that follow on `older`, as far as they follow one another.
Registry go_on(Registry older, const std::vector<Commit>& commits);

}  // namespace berth::store
