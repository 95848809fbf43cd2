// An errno with what was being done: the only form in which failures leave this folder.
#pragma once

#include <string>

namespace berth::system {

struct Error {
  int code = 0;      // an errno
  std::string what;  // "open '/opt/x.json'"

  // "open '/opt/x.json': Permission denied"
  std::string message() const;
};

// errno as it is now.
Error last_error(std::string what);

}  // namespace berth::system
