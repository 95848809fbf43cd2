// A process of a test's own.
#pragma once

#include <sys/types.h>

#include <functional>

#include "system/unique_fd.h"

namespace berth::live {

// Runs `prepare` in a child process and returns when it has; the child then lives until this object is gone.
class Child {
 public:
  explicit Child(const std::function<void()>& prepare);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  system::UniqueFd leash_;  // the child ends when this is closed
};

// Runs `body` in a child process; its failed expectations are failures of the test that calls.
void expect_in_child(const std::function<void()>& body);

}  // namespace berth::live
