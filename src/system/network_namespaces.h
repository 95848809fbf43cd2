// The machine's network namespaces, and looking around in them: network_namespaces(7), setns(2).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"
#include "system/processes.h"

namespace berth::system {

struct NetworkNamespace {
  std::uint64_t inode = 0;  // as in "net:[4026531840]"
  std::string name;         // that ip-netns(8) knows it by; mostly empty
  std::string path;         // of a file that it can be entered by
  // Processes that are in it, ascending; only those that were asked about.
  std::vector<pid_t> processes;
};

// The namespace of the calling thread.
std::optional<std::uint64_t> own_network_namespace();

// Where somebody keeps namespaces by bind mounts, whether or not a process is in them.
struct NamespaceDirectory {
  std::string path;
  // Whether what the files are called says something to a person.
  bool has_names = false;
};
// Those of ip-netns(8), podman and the CNI, and of Docker.
std::vector<NamespaceDirectory> namespace_directories();

// A set of network namespaces, each once.
class NetworkNamespaces {
 public:
  explicit NetworkNamespaces(std::uint64_t own) : own_(own) {}

  void add_kept(std::span<const NamespaceDirectory> directories);
  // Costs some 5 us a process. Which namespace the processes of other users are in only root can see.
  void add_of(const Processes& processes, std::span<const pid_t> pids);

  // All but the own one.
  std::span<const NetworkNamespace> others() const { return others_; }

 private:
  NetworkNamespace& entry(std::uint64_t inode);

  std::uint64_t own_;
  std::vector<NetworkNamespace> others_;
};

// Calls `visit` for each namespace until it returns false: within the namespace, or from outside with the reason why
// it could not be entered (setns(2): EPERM without CAP_SYS_ADMIN; ENOENT when it is gone). All in a thread of its own,
// which ends with it: the caller stays where it is. An error if there can be no thread.
using NamespaceVisit = std::function<bool(const NetworkNamespace&, const std::expected<void, Error>& entered)>;
std::expected<void, Error> visit_network_namespaces(std::span<const NetworkNamespace> namespaces,
                                                    const NamespaceVisit& visit);

// "net:[4026531840]"
std::optional<std::uint64_t> parse_network_link(std::string_view target);

}  // namespace berth::system
