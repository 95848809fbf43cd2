// A bash of a test's own, which keeps its variables and what it started from one command to the next.
#pragma once

#include <sys/types.h>

#include <string>

#include "system/unique_fd.h"

namespace berth::live {

class Shell {
 public:
  Shell();
  // Ends the bash by the end of its input, so that it runs its EXIT trap, and waits for that.
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // What the command prints on stdout, without the last end of line. A test fails where it fails, or takes more than a
  // minute. stderr is the test's.
  std::string run(const std::string& command);

 private:
  pid_t pid_ = -1;
  system::UniqueFd input_;
  system::UniqueFd output_;
};

}  // namespace berth::live
