// An exclusive lock among processes: flock(2) on a file that is never renamed or removed and never read or written.
// It goes away with the process that holds it, however that ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "system/error.h"
#include "system/files.h"
#include "system/unique_fd.h"

namespace berth::system {

struct LockHolder {
  pid_t pid = 0;
  // Its command line, words divided by blanks; the name of its program if that is empty. Empty if it cannot be read.
  std::string command;
  // A child of it inherited the lock and keeps it.
  bool ended = false;
  // Stopped by a signal or a debugger: it will not let go by itself.
  bool stopped = false;
};

struct LockFailure {
  Error error;  // EWOULDBLOCK when the time was up
  bool timed_out = false;
  std::optional<LockHolder> holder;  // when the time was up, if the kernel tells (/proc/locks)
};

class FileLock {
 public:
  // Waits for up to `wait` seconds (0: not at all), first come, first served, as the kernel keeps the queue. The file
  // is created if missing. Who may create files beside it may open it, and nobody else: a lock that every reader could
  // take would let any user stop all writers (CVE-2022-1348 was this).
  static std::expected<FileLock, LockFailure> acquire(Files& files, const std::string& path, double wait);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace berth::system
