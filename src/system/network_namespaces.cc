#include "system/network_namespaces.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "system/kernel_file.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

// The inode of a namespace that is mounted there; nullopt for a file that is none, or no longer.
std::optional<std::uint64_t> mounted_namespace(const std::string& path) {
  struct statfs file_system{};
  struct stat status{};
  if (::statfs(path.c_str(), &file_system) != 0 || file_system.f_type != NSFS_MAGIC) return std::nullopt;
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_ino;
}

std::expected<void, Error> enter(const NetworkNamespace& place) {
  const UniqueFd fd(::open(place.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::unexpected(last_error("open " + place.path));
  // The process is another one, or has moved.
  if (status.st_ino != place.inode) return std::unexpected(Error{ENOENT, "open " + place.path});
  if (::setns(fd.get(), CLONE_NEWNET) != 0) return std::unexpected(last_error("enter " + place.path));
  return {};
}

}  // namespace

std::optional<std::uint64_t> parse_network_link(std::string_view target) {
  constexpr std::string_view prefix = "net:[";
  if (!target.starts_with(prefix) || !target.ends_with("]")) return std::nullopt;
  target.remove_prefix(prefix.size());
  target.remove_suffix(1);
  return parse_number(target);
}

std::optional<std::uint64_t> own_network_namespace() {
  const auto target = read_kernel_link(AT_FDCWD, "/proc/thread-self/ns/net");
  return target ? parse_network_link(*target) : std::nullopt;
}

std::vector<NamespaceDirectory> namespace_directories() { return {{"/run/netns", true}, {"/run/docker/netns", false}}; }

NetworkNamespace& NetworkNamespaces::entry(std::uint64_t inode) {
  const auto known = std::ranges::find(others_, inode, &NetworkNamespace::inode);
  if (known != others_.end()) return *known;
  others_.emplace_back().inode = inode;
  return others_.back();
}

void NetworkNamespaces::add_kept(std::span<const NamespaceDirectory> directories) {
  for (const auto& directory : directories) {
    const UniqueFd fd(::open(directory.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) continue;
    visit_directory(fd.get(), [&](const DirectoryEntry& file) {
      auto path = directory.path + "/" + file.name;
      const auto inode = mounted_namespace(path);
      if (!inode || *inode == own_) return true;
      auto& found = entry(*inode);
      if (directory.has_names && found.name.empty()) found.name = file.name;
      found.path = std::move(path);
      return true;
    });
  }
}

void NetworkNamespaces::add_of(const Processes& processes, std::span<const pid_t> pids) {
  for (const auto pid : pids) {
    const auto target = read_kernel_link(processes.directory(), std::to_string(pid) + "/ns/net");
    const auto inode = target ? parse_network_link(*target) : std::nullopt;
    if (!inode || *inode == own_) continue;
    auto& found = entry(*inode);
    if (found.path.empty()) found.path = "/proc/" + std::to_string(pid) + "/ns/net";
    found.processes.push_back(pid);
  }
}

std::expected<void, Error> visit_network_namespaces(std::span<const NetworkNamespace> namespaces,
                                                    const NamespaceVisit& visit) {
  try {
    const std::jthread visitor([&] {
      for (const auto& place : namespaces) {
        if (!visit(place, enter(place))) return;
      }
    });
    return {};
  } catch (const std::system_error& error) {
    return std::unexpected(Error{error.code().value(), "start a thread"});
  }
}

}  // namespace berth::system
