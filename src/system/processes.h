// Processes, from /proc: proc(5). Processes that vanish while they are looked at, and those
// of other users, are normal: what cannot be read is empty.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/cgroup_name.h"
#include "system/unique_fd.h"

namespace berth::system {

// Fields of /proc/PID/stat (proc_pid_stat(5)).
struct StatFields {
  std::string name;  // the kernel's 15 bytes of it
  pid_t parent = 0;
  std::uint64_t started = 0;  // in clock ticks since boot
};

struct Process {
  pid_t pid = 0;
  std::uint64_t started = 0;  // in clock ticks since boot; 0 if it could not be read
  std::string name;           // the kernel's 15 bytes of it
  std::string exe;            // without the mark that it was deleted; empty for a kernel thread
  std::optional<uid_t> user;  // effective
  CgroupName cgroup;
};

class Processes {
 public:
  // `root` is a proc file system, or what was recorded of one.
  explicit Processes(const std::string& root = "/proc");

  // Each is nullopt if there is no such process (any more).
  std::optional<Process> find(pid_t pid) const;
  std::optional<StatFields> find_stat(pid_t pid) const;
  // The words it was started with, each terminated by a zero byte; empty if they cannot be read.
  std::string command_line(pid_t pid) const;
  // All of them, in ascending order. Costs some 0.4 us a process.
  std::vector<pid_t> pids() const;

  int directory() const { return root_.get(); }

 private:
  UniqueFd root_;
};

// Of the whole machine, the kernel's own included; no fewer than there are processes. Costs a microsecond.
unsigned count_threads();

// Whether /proc shows the processes of the whole machine, not those of one pid namespace.
bool sees_every_process();

// The name is whatever the process chose, blanks and brackets included.
std::optional<StatFields> parse_stat(std::string_view text);

}  // namespace berth::system
