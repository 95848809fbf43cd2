// Whose cgroup it is, told from its path. Pure.
#pragma once

#include <string>
#include <string_view>

namespace berth::system {

// At most one of the two is known: what runs in a container is named by it, also if there is a systemd inside.
struct CgroupName {
  // The innermost systemd unit that processes can be in, with systemd's escapes: "nginx.service",
  // "app-org.gnome.Terminal\x2d1.scope"; see systemd.unit(5).
  std::string unit;
  // The outermost container's id, 64 hexadecimal digits, as Docker, Podman, containerd and CRI-O put it into the path.
  std::string container;

  explicit operator bool() const { return !unit.empty() || !container.empty(); }
  friend bool operator==(const CgroupName&, const CgroupName&) = default;
};

// "/system.slice/nginx.service"
CgroupName name_of_cgroup(std::string_view path);

// Of the text of /proc/PID/cgroup: the v2 hierarchy counts first, then systemd's of v1, then any other.
CgroupName name_of_process_cgroups(std::string_view text);

}  // namespace berth::system
