// Which processes have which sockets open, from /proc/PID/fd: proc_pid_fd(5).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "system/processes.h"

namespace berth::system {

// Each process costs some 10 us and 2.5 us a descriptor, so look where it is likely first. Processes of other users can
// be looked into by root alone.
class SocketSearch {
 public:
  SocketSearch(const Processes& processes, std::span<const std::uint64_t> inodes);

  // No process is looked into twice.
  void look_into(std::span<const pid_t> pids);
  // Through all processes in ascending order, until every socket is found. Process 1 opens sockets on behalf of others
  // (systemd.socket(5)): what it alone has is not found yet.
  void look_until_found();
  // Through all processes whatever was found, so that nobody who has one of the sockets is missed. In several threads
  // if there are many processes and processors.
  void look_everywhere();

  bool found_all() const { return missing_ == 0; }
  // Of those that were looked into; in ascending order.
  std::span<const pid_t> processes_with(std::uint64_t inode) const;
  // Whether there were processes whose sockets this process may not see.
  bool was_denied() const { return denied_; }

 private:
  // The sockets that were seen in some processes: an index into `inodes_` and a pid each.
  struct Sightings {
    std::vector<std::pair<std::size_t, pid_t>> seen;
    bool denied = false;
  };
  void look(pid_t pid, Sightings& sightings) const;
  void look_at_link(std::string_view target, pid_t pid, Sightings& sightings) const;
  std::optional<std::size_t> index_of(std::uint64_t inode) const;
  std::vector<pid_t> without_visited(std::span<const pid_t> pids) const;
  void add(const Sightings& sightings);
  void add_visited(std::span<const pid_t> pids);

  const Processes& processes_;
  std::vector<std::uint64_t> inodes_;  // ascending, each once
  std::vector<std::vector<pid_t>> found_;
  std::vector<pid_t> visited_;  // ascending
  std::size_t missing_ = 0;
  bool denied_ = false;
};

// "socket:[4711]"
std::optional<std::uint64_t> parse_socket_link(std::string_view target);

}  // namespace berth::system
