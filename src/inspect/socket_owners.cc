#include "inspect/socket_owners.h"

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "system/accounts.h"
#include "system/cgroup_name.h"
#include "system/cgroup_tree.h"
#include "system/processes.h"

namespace berth::inspect {
namespace {

using system::CgroupName;
using system::SocketEntry;

constexpr pid_t first_process = 1;

class OwnerSearch {
 public:
  explicit OwnerSearch(std::span<const SocketEntry> sockets)
      : sockets_(sockets), inodes_(inodes_of(sockets)), search_(processes_, inodes_) {}

  void fill(Census& census) {
    look_into_cgroups();
    search_.look_everywhere();
    unsigned unseen = 0;
    for (std::size_t at = 0; at < sockets_.size(); ++at) {
      if (sockets_[at].inode != 0 && !fill_one(sockets_[at], census.holders[at])) ++unseen;
    }
    if (unseen > 0) census.blind_spots.insert(census.blind_spots.begin(), blind_spot(unseen));
  }

 private:
  static std::vector<std::uint64_t> inodes_of(std::span<const SocketEntry> sockets) {
    std::vector<std::uint64_t> inodes;
    for (const auto& socket : sockets) {
      if (socket.inode != 0) inodes.push_back(socket.inode);
    }
    return inodes;
  }

  // In a root cgroup there is everybody whom nobody sorted: no better than looking everywhere.
  void look_into_cgroups() {
    auto tree = inodes_.empty() ? std::nullopt : system::CgroupTree::open();
    if (!tree) return;
    for (const auto& socket : sockets_) {
      if (socket.inode == 0 || socket.cgroup == 0 || cgroups_.contains(socket.cgroup)) continue;
      auto& name = cgroups_[socket.cgroup];
      const auto cgroup = tree->find(socket.cgroup);
      if (!cgroup || cgroup->path == "/") continue;
      name = system::name_of_cgroup(cgroup->path);
      search_.look_into(cgroup->processes);
    }
  }

  // False if somebody has it who cannot be seen.
  bool fill_one(const SocketEntry& socket, Holder& holder) {
    holder.user = accounts_.name(socket.uid);
    const auto cgroup = cgroups_.find(socket.cgroup);
    if (cgroup != cgroups_.end()) fill_name(cgroup->second, holder);
    const auto pid = search_.owner(socket.inode);
    if (pid) {
      if (search_.was_handed_over(socket.inode)) holder.inherited = true;
      fill_process(*pid, holder);
      return true;
    }
    if (!is_kernels_own()) return false;
    holder.process = "kernel";
    holder.user.clear();
    return true;
  }

  void fill_process(pid_t pid, Holder& holder) {
    holder.pid = pid;
    const auto& process = find_process(pid);
    if (!process) return;
    holder.started = process->started;
    holder.process = process->name;
    holder.exe = process->exe;
    if (process->user) holder.user = accounts_.name(*process->user);
    // Sockets that process 1 opened for a unit are in that unit's cgroup, if anywhere.
    const bool is_named = !holder.unit.empty() || holder.container;
    if (process->cgroup && !(pid == first_process && is_named)) fill_name(process->cgroup, holder);
  }

  static void fill_name(const CgroupName& name, Holder& holder) {
    holder.unit = name.unit;
    holder.container.reset();
    if (!name.container.empty()) holder.container = Container{name.container, {}, {}, true};
  }

  const std::optional<system::Process>& find_process(pid_t pid) {
    const auto [entry, is_new] = found_.try_emplace(pid);
    if (is_new) entry->second = processes_.find(pid);
    return entry->second;
  }

  bool is_kernels_own() const { return ::geteuid() == 0 && !search_.was_denied() && system::sees_every_process(); }

  BlindSpot blind_spot(unsigned unseen) const {
    auto why = "the owner of " + std::to_string(unseen) + (unseen == 1 ? " socket" : " sockets") + " cannot be seen: ";
    if (::geteuid() != 0)
      why += "only root sees the processes of other users";
    else if (search_.was_denied())
      why += "some processes may not be looked into (CAP_SYS_PTRACE)";
    else
      why += "the process is in another pid namespace";
    return {std::string(to_string(Source::socket)), std::move(why), false};
  }

  std::span<const SocketEntry> sockets_;
  std::vector<std::uint64_t> inodes_;
  system::Processes processes_;
  system::SocketSearch search_;
  system::Accounts accounts_;
  std::unordered_map<std::uint64_t, CgroupName> cgroups_;
  std::unordered_map<pid_t, std::optional<system::Process>> found_;
};

}  // namespace

void find_owners(std::span<const SocketEntry> sockets, Census& census) { OwnerSearch(sockets).fill(census); }

}  // namespace berth::inspect
