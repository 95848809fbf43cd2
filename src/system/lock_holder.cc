#include "system/lock_holder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>

#include "system/kernel_file.h"

namespace berth::system {
namespace {

struct LockLine {
  pid_t pid = 0;
  dev_t device = 0;
  ino_t inode = 0;
};

template <typename Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

// "1: FLOCK  ADVISORY  WRITE 812 fe:01:1234567 0 EOF"; one who waits has "->" after the number.
std::optional<LockLine> parse_line(std::string_view line) {
  const auto kind = line.find(": FLOCK ");
  if (kind == std::string_view::npos) return std::nullopt;
  const auto mode = line.find(" WRITE ", kind);
  if (mode == std::string_view::npos) return std::nullopt;
  line.remove_prefix(mode + std::string_view(" WRITE ").size());
  LockLine found;
  unsigned major_number = 0;
  unsigned minor_number = 0;
  if (!take_number(line, found.pid) || !take(line, ' ') || !take_number(line, major_number, 16) || !take(line, ':') ||
      !take_number(line, minor_number, 16) || !take(line, ':') || !take_number(line, found.inode)) {
    return std::nullopt;
  }
  found.device = makedev(major_number, minor_number);
  return found;
}

std::string read_proc(pid_t pid, const char* name) {
  return read_kernel_file(AT_FDCWD, "/proc/" + std::to_string(pid) + "/" + name).value_or("");
}

std::string command_of(pid_t pid) {
  auto command = read_proc(pid, "cmdline");
  if (command.empty()) command = read_proc(pid, "comm");
  while (!command.empty() && (command.back() == '\0' || command.back() == '\n')) command.pop_back();
  std::ranges::replace(command, '\0', ' ');
  // It is for a message, and the process made it as long as it liked.
  constexpr std::size_t longest = 200;
  if (command.size() > longest) {
    command.resize(longest);
    command.append("...");
  }
  return command;
}

// The letter after the name in proc_pid_stat(5): "812 (name that may hold anything) T 1 ..."; blank if there is none.
char state_of(pid_t pid) {
  const auto stat = read_proc(pid, "stat");
  const auto name_end = stat.rfind(") ");
  return name_end == std::string::npos || name_end + 2 >= stat.size() ? ' ' : stat[name_end + 2];
}

}  // namespace

std::optional<pid_t> find_lock_holder(std::string_view locks, dev_t device, ino_t inode) {
  std::optional<pid_t> same_inode;
  unsigned count = 0;
  while (!locks.empty()) {
    const auto end = std::min(locks.find('\n'), locks.size());
    const auto line = parse_line(locks.substr(0, end));
    locks.remove_prefix(std::min(end + 1, locks.size()));
    if (!line || line->inode != inode) continue;
    if (line->device == device) return line->pid;
    same_inode = line->pid;
    ++count;
  }
  return count == 1 ? same_inode : std::nullopt;
}

std::optional<LockHolder> lock_holder(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return std::nullopt;
  const auto locks = read_kernel_file(AT_FDCWD, "/proc/locks");
  if (!locks) return std::nullopt;
  const auto pid = find_lock_holder(*locks, status.st_dev, status.st_ino);
  // 0 or -1: a process outside this pid namespace, or on another machine.
  if (!pid || *pid <= 0) return std::nullopt;
  const char state = state_of(*pid);
  // A zombie has ended too, whether or not anybody has noticed.
  const bool ended = state == 'Z' || (::kill(*pid, 0) != 0 && errno == ESRCH);
  return LockHolder{.pid = *pid, .command = command_of(*pid), .ended = ended, .stopped = state == 'T' || state == 't'};
}

}  // namespace berth::system
