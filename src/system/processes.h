// Processes and the sockets they have, from /proc: proc(5). Processes that vanish while they are looked at, and those
// of other users, are normal: what cannot be read is empty.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "system/cgroup_name.h"
#include "system/unique_fd.h"

namespace berth::system {

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

  // nullopt if there is no such process (any more).
  std::optional<Process> find(pid_t pid) const;

  int directory() const { return root_.get(); }

 private:
  UniqueFd root_;
};

// Which processes have which sockets. Each process costs some 20 us and 3.5 us a descriptor, so look where it is likely
// first; nothing is looked at any more once every socket is found.
//
// The first process that has a socket is taken for its owner: with the lowest pid first that is the one that opened it,
// not the workers that inherited it. But process 1 opens sockets on behalf of others (systemd.socket(5)); it is taken
// only if nobody else has the socket.
class SocketSearch {
 public:
  SocketSearch(const Processes& processes, std::span<const std::uint64_t> inodes);

  void look_into(std::span<const pid_t> pids);
  // In ascending order of pids.
  void look_everywhere();

  bool found_all() const { return missing_ == 0; }
  // nullopt if it was not found.
  std::optional<pid_t> owner(std::uint64_t inode) const;
  // Whether process 1 has it besides its owner, so that the owner got it from there.
  bool was_handed_over(std::uint64_t inode) const;
  // Whether there were processes whose sockets this process may not see.
  bool was_denied() const { return denied_; }

 private:
  struct Found {
    pid_t owner = 0;
    bool in_first_process = false;
  };
  void look_into(pid_t pid);
  void look_at_link(std::string_view target, pid_t pid);

  const Processes& processes_;
  std::unordered_map<std::uint64_t, Found> sockets_;
  std::size_t missing_ = 0;
  bool denied_ = false;
};

// Whether /proc shows the processes of the whole machine, not those of one pid namespace.
bool sees_every_process();

// "socket:[4711]"
std::optional<std::uint64_t> parse_socket_link(std::string_view target);

// Fields of /proc/PID/stat (proc_pid_stat(5)). The name is whatever the process chose, blanks and brackets included.
struct StatFields {
  std::string name;
  std::uint64_t started = 0;
};
std::optional<StatFields> parse_stat(std::string_view text);

}  // namespace berth::system
