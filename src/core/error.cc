#include "core/error.h"

#include <fmt/format.h>

namespace berth {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::negative:
      return "no";
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::taken:
      return "port_taken";
    case ErrorCode::exhausted:
      return "range_exhausted";
    case ErrorCode::lock_timeout:
      return "lock_timeout";
    case ErrorCode::unreadable:
      return "registry_unreadable";
    case ErrorCode::unseen:
      return "not_visible";
    case ErrorCode::not_writable:
      return "permission";
    case ErrorCode::bug:
      return "bug";
  }
  return "";
}

Error in_line(std::size_t line, Error error) {
  if (line != 0) error.message.insert(0, fmt::format("line {}: ", line));
  return error;
}

}  // namespace berth
