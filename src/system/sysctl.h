// What the kernel is set to do with port numbers: /proc/sys/net/ipv4. Of the caller's network namespace.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/ip.h"

namespace berth::system {

// Text of the files, as proc_sys_net(5) and ip-sysctl.rst of the kernel have it; nullopt if it is not that.
// "32768\t60999"
std::optional<PortSpan> parse_port_span(std::string_view text);
// "", "8080,9148" or "1,3-5,9100-9110"
std::optional<std::vector<PortSpan>> parse_port_list(std::string_view text);

class PortSysctls {
 public:
  explicit PortSysctls(std::string root = "/proc/sys/net/ipv4/") : root_(std::move(root)) {}

  bool are_readable() const;
  // Each is nullopt if the file cannot be read or is not understood.
  std::optional<PortSpan> local_port_range() const;
  std::optional<std::vector<PortSpan>> reserved_ports() const;
  std::optional<unsigned> unprivileged_port_start() const;

 private:
  std::string root_;
};

}  // namespace berth::system
