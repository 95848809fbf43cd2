#include "system/socket_search.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>

#include "system/kernel_file.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

constexpr pid_t first_process = 1;

// A thread costs as much as looking into a handful of processes, and on a small machine there is nothing to win.
constexpr std::size_t processes_per_thread = 128;
constexpr std::size_t most_threads = 4;
// What a thread takes at a time.
constexpr std::size_t portion = 16;

bool is_denial(int error) { return error == EACCES || error == EPERM; }

std::size_t threads_for(std::size_t processes) {
  const std::size_t useful = std::min(processes / processes_per_thread, most_threads);
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, std::max<std::size_t>(useful, 1));
}

// False if there can be no more threads now.
template <typename Work>
bool start(std::vector<std::jthread>& threads, Work&& work) {
  try {
    threads.emplace_back(std::forward<Work>(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

std::optional<std::uint64_t> parse_socket_link(std::string_view target) {
  constexpr std::string_view prefix = "socket:[";
  if (!target.starts_with(prefix) || !target.ends_with("]")) return std::nullopt;
  target.remove_prefix(prefix.size());
  target.remove_suffix(1);
  return parse_number(target);
}

SocketSearch::SocketSearch(const Processes& processes, std::span<const std::uint64_t> inodes)
    : processes_(processes), inodes_(inodes.begin(), inodes.end()) {
  std::ranges::sort(inodes_);
  const auto doubles = std::ranges::unique(inodes_);
  inodes_.erase(doubles.begin(), doubles.end());
  found_.resize(inodes_.size());
  missing_ = inodes_.size();
}

std::optional<std::size_t> SocketSearch::index_of(std::uint64_t inode) const {
  const auto place = std::ranges::lower_bound(inodes_, inode);
  if (place == inodes_.end() || *place != inode) return std::nullopt;
  return static_cast<std::size_t>(place - inodes_.begin());
}

void SocketSearch::look_at_link(std::string_view target, pid_t pid, Sightings& sightings) const {
  const auto inode = parse_socket_link(target);
  const auto index = inode ? index_of(*inode) : std::nullopt;
  if (index) sightings.seen.emplace_back(*index, pid);
}

void SocketSearch::look(pid_t pid, Sightings& sightings) const {
  const auto path = std::to_string(pid) + "/fd";
  const UniqueFd directory(::openat(processes_.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) {
    sightings.denied = sightings.denied || is_denial(errno);
    return;
  }
  visit_directory(directory.get(), [&](const DirectoryEntry& entry) {
    // Longer targets are no sockets.
    std::array<char, 64> target;
    const auto length = ::readlinkat(directory.get(), entry.name, target.data(), target.size());
    if (length < 0 && is_denial(errno)) {
      sightings.denied = true;
      return false;  // the others are no different
    }
    if (length > 0) look_at_link({target.data(), static_cast<std::size_t>(length)}, pid, sightings);
    return true;
  });
}

void SocketSearch::add(const Sightings& sightings) {
  denied_ = denied_ || sightings.denied;
  for (const auto& [index, pid] : sightings.seen) {
    auto& pids = found_[index];
    const auto is_owner = [](pid_t one) { return one != first_process; };
    if (is_owner(pid) && std::ranges::none_of(pids, is_owner)) --missing_;
    // One process may have it several times.
    const auto place = std::ranges::lower_bound(pids, pid);
    if (place == pids.end() || *place != pid) pids.insert(place, pid);
  }
}

void SocketSearch::add_visited(std::span<const pid_t> pids) {
  std::vector<pid_t> all;
  all.reserve(visited_.size() + pids.size());
  std::ranges::set_union(visited_, pids, std::back_inserter(all));
  visited_ = std::move(all);
}

std::vector<pid_t> SocketSearch::without_visited(std::span<const pid_t> pids) const {
  std::vector<pid_t> sorted(pids.begin(), pids.end());
  std::ranges::sort(sorted);
  std::vector<pid_t> rest;
  std::ranges::set_difference(sorted, visited_, std::back_inserter(rest));
  return rest;
}

void SocketSearch::look_into(std::span<const pid_t> pids) {
  const auto rest = without_visited(pids);
  Sightings sightings;
  for (const auto pid : rest) look(pid, sightings);
  add(sightings);
  add_visited(rest);
}

void SocketSearch::look_until_found() {
  if (found_all()) return;
  const auto rest = without_visited(processes_.pids());
  std::size_t visited = 0;
  while (visited < rest.size() && !found_all()) {
    Sightings sightings;
    look(rest[visited++], sightings);
    add(sightings);
  }
  add_visited(std::span(rest).first(visited));
}

void SocketSearch::look_everywhere() {
  if (inodes_.empty()) return;
  const auto rest = without_visited(processes_.pids());
  std::vector<Sightings> sightings(threads_for(rest.size()));
  std::atomic<std::size_t> next = 0;
  const auto work = [&](Sightings& mine) {
    for (auto begin = next.fetch_add(portion); begin < rest.size(); begin = next.fetch_add(portion)) {
      for (auto at = begin; at < std::min(begin + portion, rest.size()); ++at) look(rest[at], mine);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t at = 1; at < sightings.size(); ++at) {
      const auto apart = [&work, &mine = sightings[at]] {
        // Threads that share their descriptors get in each other's way at every open(2): a tenth of the time. Where
        // this is not allowed it works all the same.
        ::unshare(CLONE_FILES);
        work(mine);
      };
      if (!start(threads, apart)) break;
    }
    work(sightings[0]);
  }
  for (const auto& one : sightings) add(one);
  add_visited(rest);
}

std::span<const pid_t> SocketSearch::processes_with(std::uint64_t inode) const {
  const auto index = index_of(inode);
  return index ? std::span<const pid_t>(found_[*index]) : std::span<const pid_t>();
}

}  // namespace berth::system
