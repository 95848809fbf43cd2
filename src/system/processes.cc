#include "system/processes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "system/kernel_file.h"

namespace berth::system {
namespace {

constexpr pid_t first_process = 1;

// PROC_PID_INIT_INO of the kernel's proc_ns.h: the inode of the machine's own pid namespace.
constexpr ino_t initial_pid_namespace = 0xEFFFFFFC;

std::string without_deleted(std::string path) {
  constexpr std::string_view mark = " (deleted)";
  if (path.ends_with(mark)) path.resize(path.size() - mark.size());
  return path;
}

bool is_denial(int error) { return error == EACCES || error == EPERM; }

// The word with this index, counted from 0; empty if there are fewer.
std::string_view word_at(std::string_view text, int index) {
  for (; index > 0; --index) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return {};
    text.remove_prefix(blank + 1);
  }
  return text.substr(0, text.find_first_of(" \n"));
}

}  // namespace

std::optional<std::uint64_t> parse_socket_link(std::string_view target) {
  constexpr std::string_view prefix = "socket:[";
  if (!target.starts_with(prefix) || !target.ends_with("]")) return std::nullopt;
  target.remove_prefix(prefix.size());
  target.remove_suffix(1);
  return parse_number(target);
}

std::optional<StatFields> parse_stat(std::string_view text) {
  // After the name's closing bracket and a blank comes field 3.
  constexpr int start_time = 22 - 3;
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto rest = text.substr(std::min(close + 2, text.size()));
  const auto started = parse_number(word_at(rest, start_time));
  if (!started) return std::nullopt;
  return StatFields{std::string(text.substr(open + 1, close - open - 1)), *started};
}

bool sees_every_process() {
  struct stat status{};
  return ::stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == initial_pid_namespace;
}

Processes::Processes(const std::string& root) : root_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

std::optional<Process> Processes::find(pid_t pid) const {
  const UniqueFd directory(::openat(root_.get(), std::to_string(pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return std::nullopt;
  Process process;
  process.pid = pid;
  if (const auto text = read_kernel_file(directory.get(), "stat"); text) {
    if (auto fields = parse_stat(*text); fields) {
      process.name = std::move(fields->name);
      process.started = fields->started;
    }
  }
  process.exe = without_deleted(read_kernel_link(directory.get(), "exe").value_or(""));
  // The owner of the directory is the effective user (fs/proc/base.c: task_dump_owner).
  if (struct stat status{}; ::fstat(directory.get(), &status) == 0) process.user = status.st_uid;
  process.cgroup = name_of_process_cgroups(read_kernel_file(directory.get(), "cgroup").value_or(""));
  return process;
}

SocketSearch::SocketSearch(const Processes& processes, std::span<const std::uint64_t> inodes) : processes_(processes) {
  for (const auto inode : inodes) sockets_.try_emplace(inode);
  missing_ = sockets_.size();
}

void SocketSearch::look_at_link(std::string_view target, pid_t pid) {
  const auto inode = parse_socket_link(target);
  const auto socket = inode ? sockets_.find(*inode) : sockets_.end();
  if (socket == sockets_.end()) return;
  if (pid == first_process) {
    socket->second.in_first_process = true;
  } else if (socket->second.owner == 0) {
    socket->second.owner = pid;
    --missing_;
  }
}

void SocketSearch::look_into(pid_t pid) {
  const auto path = std::to_string(pid) + "/fd";
  const UniqueFd directory(::openat(processes_.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) {
    denied_ = denied_ || is_denial(errno);
    return;
  }
  visit_directory(directory.get(), [&](const DirectoryEntry& entry) {
    // Longer targets are no sockets.
    std::array<char, 64> target;
    const auto length = ::readlinkat(directory.get(), entry.name, target.data(), target.size());
    if (length < 0 && is_denial(errno)) {
      denied_ = true;
      return false;  // the others are no different
    }
    if (length > 0) look_at_link({target.data(), static_cast<std::size_t>(length)}, pid);
    return !found_all();
  });
}

void SocketSearch::look_into(std::span<const pid_t> pids) {
  for (const auto pid : pids) {
    if (found_all()) return;
    look_into(pid);
  }
}

void SocketSearch::look_everywhere() {
  if (found_all()) return;
  const UniqueFd directory(::openat(processes_.directory(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return;
  // proc lists processes by pid.
  visit_directory(directory.get(), [&](const DirectoryEntry& entry) {
    if (const auto pid = parse_number(entry.name); pid) look_into(static_cast<pid_t>(*pid));
    return !found_all();
  });
}

std::optional<pid_t> SocketSearch::owner(std::uint64_t inode) const {
  const auto socket = sockets_.find(inode);
  if (socket == sockets_.end()) return std::nullopt;
  if (socket->second.owner != 0) return socket->second.owner;
  return socket->second.in_first_process ? std::optional(first_process) : std::nullopt;
}

bool SocketSearch::was_handed_over(std::uint64_t inode) const {
  const auto socket = sockets_.find(inode);
  return socket != sockets_.end() && socket->second.owner != 0 && socket->second.in_first_process;
}

}  // namespace berth::system
