#include "system/processes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "system/kernel_file.h"

namespace berth::system {
namespace {

// PROC_PID_INIT_INO of the kernel's proc_ns.h: the inode of the machine's own pid namespace.
constexpr ino_t initial_pid_namespace = 0xEFFFFFFC;

std::string without_deleted(std::string path) {
  constexpr std::string_view mark = " (deleted)";
  if (path.ends_with(mark)) path.resize(path.size() - mark.size());
  return path;
}

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

std::optional<StatFields> parse_stat(std::string_view text) {
  // After the name's closing bracket and a blank comes field 3.
  constexpr int parent = 4 - 3;
  constexpr int start_time = 22 - 3;
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto rest = text.substr(std::min(close + 2, text.size()));
  const auto started = parse_number(word_at(rest, start_time));
  if (!started) return std::nullopt;
  const auto forked_by = static_cast<pid_t>(parse_number(word_at(rest, parent)).value_or(0));
  return StatFields{std::string(text.substr(open + 1, close - open - 1)), forked_by, *started};
}

bool sees_every_process() {
  struct stat status{};
  return ::stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == initial_pid_namespace;
}

unsigned count_threads() {
  struct sysinfo machine{};
  return ::sysinfo(&machine) == 0 ? machine.procs : 0;
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

std::optional<StatFields> Processes::find_stat(pid_t pid) const {
  const auto text = read_kernel_file(root_.get(), std::to_string(pid) + "/stat");
  return text ? parse_stat(*text) : std::nullopt;
}

std::string Processes::command_line(pid_t pid) const {
  return read_kernel_file(root_.get(), std::to_string(pid) + "/cmdline").value_or("");
}

std::vector<pid_t> Processes::pids() const {
  std::vector<pid_t> pids;
  const UniqueFd directory(::openat(root_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return pids;
  visit_directory(directory.get(), [&](const DirectoryEntry& entry) {
    if (const auto pid = parse_number(entry.name); pid) pids.push_back(static_cast<pid_t>(*pid));
    return true;
  });
  std::ranges::sort(pids);
  return pids;
}

}  // namespace berth::system
