// The cgroup v2 hierarchy as a file system: cgroups(7). A socket's cgroup id is the inode of a directory in it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "system/unique_fd.h"

namespace berth::system {

struct Cgroup {
  // Below the mount point, with a leading slash; "/" is the root of what this process may see.
  std::string path;
  // Processes in exactly this cgroup that this process's pid namespace has a number for; in ascending order.
  std::vector<pid_t> processes;
};

class CgroupTree {
 public:
  // The hierarchy as it is mounted here; nullopt if it is not.
  static std::optional<CgroupTree> open();
  // A directory that stands for its mount point.
  static std::optional<CgroupTree> open(const std::string& mount_point);

  // nullopt if there is none with this id: it was removed, or lies outside of what is mounted here. By handle at once
  // for root (open_by_handle_at(2)); otherwise by a walk through the tree, as it was when the first id was looked for.
  std::optional<Cgroup> find(std::uint64_t id);

 private:
  CgroupTree(std::string mount_point, UniqueFd directory);
  std::optional<std::string> path_of(std::uint64_t id);
  // An empty path: there is no such cgroup. nullopt: the kernel does not let this process ask so.
  std::optional<std::string> path_by_handle(std::uint64_t id) const;

  std::string mount_point_;
  UniqueFd directory_;
  std::uint64_t root_ = 0;
  bool has_handles_ = false;
  std::optional<std::unordered_map<std::uint64_t, std::string>> walked_;
};

// Where cgroup2 is mounted, from the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)); the first, if several.
std::optional<std::string> cgroup_mount_point(std::string_view mountinfo);

}  // namespace berth::system
