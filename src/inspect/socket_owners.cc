#include "inspect/socket_owners.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "inspect/proxy_command.h"
#include "inspect/shared_socket.h"
#include "system/accounts.h"
#include "system/cgroup_name.h"
#include "system/cgroup_tree.h"
#include "system/clock.h"
#include "system/processes.h"
#include "system/socket_search.h"
#include "system/tunnel_devices.h"

namespace berth::inspect {
namespace {

using system::CgroupName;
using system::SocketEntry;

constexpr std::array<pid_t, 1> first_process{1};

class Owners {
 public:
  Owners(std::span<const SocketEntry> sockets, const OwnerSearch& how)
      : sockets_(sockets), how_(how), inodes_(inodes_of(sockets)), search_(processes_, inodes_) {}

  void fill(Census& census) {
    look();
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

  void look() {
    search_.look_into(how_.likely);
    if (look_into_cgroups()) search_.look_into(first_process);
    if (search_.found_all() || how_.walk == Walk::none) return;
    if (how_.walk == Walk::complete)
      search_.look_everywhere();
    else
      search_.look_until_found();
  }

  // In a root cgroup there is everybody whom nobody sorted: no better than looking everywhere. True if there was a
  // cgroup to look into.
  bool look_into_cgroups() {
    bool looked = false;
    auto tree = inodes_.empty() ? std::nullopt : system::CgroupTree::open();
    if (!tree) return looked;
    for (const auto& socket : sockets_) {
      if (socket.inode == 0 || socket.cgroup == 0 || cgroups_.contains(socket.cgroup)) continue;
      auto& name = cgroups_[socket.cgroup];
      const auto cgroup = tree->find(socket.cgroup);
      if (!cgroup || cgroup->path == "/") continue;
      name = system::name_of_cgroup(cgroup->path);
      search_.look_into(cgroup->processes);
      looked = true;
    }
    return looked;
  }

  // False if somebody has it who cannot be seen.
  bool fill_one(const SocketEntry& socket, Holder& holder) {
    holder.user = accounts_.name(socket.uid);
    const auto cgroup = cgroups_.find(socket.cgroup);
    if (cgroup != cgroups_.end()) fill_name(cgroup->second, holder);
    if (fill_sharing(socket, holder)) return true;
    if (!is_of_tunnel(holder) && !is_kernels_own()) return false;
    holder.process = "kernel";
    holder.user.clear();
    return true;
  }

  // False if no process was found that has it.
  bool fill_sharing(const SocketEntry& socket, Holder& holder) {
    std::vector<Sharer> sharers;
    for (const auto pid : search_.processes_with(socket.inode)) sharers.push_back({pid, stat_of(pid)});
    if (sharers.empty()) return false;
    // Who has ended since has nothing any more; unless all have.
    if (std::ranges::any_of(sharers, is_there)) std::erase_if(sharers, [](const auto& one) { return !is_there(one); });
    auto sharing = judge_sharing(sharers);
    if (sharing.was_handed_over) holder.inherited = true;
    holder.other_pids = std::move(sharing.others);
    fill_process(sharing.owner, holder);
    return true;
  }

  static bool is_there(const Sharer& sharer) { return sharer.stat.started != 0; }

  void fill_process(pid_t pid, Holder& holder) {
    holder.pid = pid;
    const auto& process = find_process(pid);
    if (!process) return;
    holder.started = process->started;
    if (process->started != 0) holder.since = system::utc_of_ticks(process->started);
    holder.process = process->name;
    holder.exe = process->exe;
    if (process->user) holder.user = accounts_.name(*process->user);
    // What an activator opened for a unit is in that unit's cgroup, if anywhere.
    const bool is_named = !holder.unit.empty() || holder.container;
    const bool is_others = is_named && is_activator({pid, {process->name, 0, process->started}});
    if (process->cgroup && !is_others) {
      if (is_named && name_of(holder) != process->cgroup) holder.inherited = true;
      fill_name(process->cgroup, holder);
    }
    fill_from_command(pid, holder);
  }

  // Those that hold ports for containers, and say so.
  void fill_from_command(pid_t pid, Holder& holder) const {
    if (holder.process == "docker-proxy") {
      holder.forwards_to = target_of_docker_proxy(processes_.command_line(pid), holder.endpoint);
    } else if (holder.process == "conmon" && !holder.container) {
      fill_container(container_of_conmon(processes_.command_line(pid)), holder);
    }
  }

  static CgroupName name_of(const Holder& holder) {
    return {holder.unit, holder.container ? holder.container->id : std::string()};
  }

  static void fill_name(const CgroupName& name, Holder& holder) {
    holder.unit = name.unit;
    fill_container(name.container, holder);
  }

  static void fill_container(const std::string& id, Holder& holder) {
    holder.container.reset();
    if (!id.empty()) holder.container = Container{id, {}, {}, true};
  }

  system::StatFields stat_of(pid_t pid) {
    const auto [entry, is_new] = stats_.try_emplace(pid);
    if (is_new) entry->second = processes_.find_stat(pid).value_or(system::StatFields{});
    return entry->second;
  }

  const std::optional<system::Process>& find_process(pid_t pid) {
    const auto [entry, is_new] = found_.try_emplace(pid);
    if (is_new) entry->second = processes_.find(pid);
    return entry->second;
  }

  // Its socket is where the device's is, and no other can be: the kernel's is bound to every address, without sharing.
  bool is_of_tunnel(const Holder& holder) {
    const bool may_be = holder.endpoint.protocol == Protocol::udp && holder.state == HolderState::listening &&
                        holder.endpoint.address.is_wildcard();
    if (!may_be || how_.walk == Walk::none) return false;
    if (!tunnels_) tunnels_ = system::tunnel_devices();
    return std::ranges::find(*tunnels_, holder.endpoint.ports.first, &system::TunnelDevice::port) != tunnels_->end();
  }

  bool is_kernels_own() const {
    return how_.walk != Walk::none && ::geteuid() == 0 && !search_.was_denied() && system::sees_every_process();
  }

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
  const OwnerSearch& how_;
  std::vector<std::uint64_t> inodes_;
  system::Processes processes_;
  system::SocketSearch search_;
  system::Accounts accounts_;
  std::optional<std::vector<system::TunnelDevice>> tunnels_;  // once they were asked for
  std::unordered_map<std::uint64_t, CgroupName> cgroups_;
  std::unordered_map<pid_t, system::StatFields> stats_;
  std::unordered_map<pid_t, std::optional<system::Process>> found_;
};

}  // namespace

void find_owners(std::span<const SocketEntry> sockets, Census& census, const OwnerSearch& search) {
  Owners(sockets, search).fill(census);
}

}  // namespace berth::inspect
