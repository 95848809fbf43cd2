// Why an answer could not be given: what, who, and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/holder.h"

namespace berth {

enum class ErrorCode : std::uint8_t {
  negative,      // the answer is no
  usage,         // bad input
  taken,         // the port is somebody else's
  exhausted,     // nothing left in the range
  lock_timeout,  // another writer held the lock for too long
  unreadable,    // the registry cannot be read, and was left untouched
  unseen,        // something needed could not be looked at
  not_writable,  // no permission, no space, a read-only file system
  bug,
};
// The word of the JSON answers, e.g. "port_taken".
std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::bug;
  // One line, lower case, foreign text quoted, without a final stop.
  std::string message;
  // What to do; empty if there is nothing to say. May have several lines.
  std::string hint = {};
  std::vector<Holder> holders = {};
};

// The same of one request of a batch, which stands in that line; as it is if the line is 0.
Error in_line(std::size_t line, Error error);

}  // namespace berth
