#include "system/cgroup_tree.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "system/kernel_file.h"

namespace berth::system {
namespace {

// FILEID_KERNFS of the kernel's exportfs.h: the handle is the 64-bit id.
constexpr int kernfs_handle = 0xfe;

UniqueFd open_directory(int parent, const std::string& path) {
  return UniqueFd(::openat(parent, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool is_cgroup2(const struct statfs& status) {
  return static_cast<unsigned long>(status.f_type) == CGROUP2_SUPER_MAGIC;
}

// The usual places cost a microsecond, mountinfo of a server with hundreds of mounts a millisecond.
std::optional<std::string> find_mount_point() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (struct statfs status{}; ::statfs(path, &status) == 0 && is_cgroup2(status)) return path;
  }
  const auto mounts = read_kernel_file(AT_FDCWD, "/proc/self/mountinfo");
  return mounts ? cgroup_mount_point(*mounts) : std::nullopt;
}

void walk(int directory, const std::string& path, std::unordered_map<std::uint64_t, std::string>& paths) {
  std::vector<std::string> children;
  visit_directory(directory, [&](const DirectoryEntry& entry) {
    if (!entry.is_directory) return true;
    children.push_back((path + "/").append(entry.name));
    paths.emplace(entry.inode, children.back());
    return true;
  });
  for (const auto& child : children) {
    if (const auto fd = open_directory(directory, child.substr(path.size() + 1)); fd) walk(fd.get(), child, paths);
  }
}

std::vector<pid_t> parse_pids(std::string_view text) {
  std::vector<pid_t> pids;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    // 0: a process that this pid namespace has no number for.
    if (const auto pid = parse_number(text.substr(0, end)); pid && *pid != 0) pids.push_back(static_cast<pid_t>(*pid));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::ranges::sort(pids);
  return pids;
}

bool is_octal(char digit) { return '0' <= digit && digit <= '7'; }

// "\040" stands for a blank in mountinfo, and so on.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 3 >= text.size() || !std::ranges::all_of(text.substr(at + 1, 3), is_octal)) {
      result.push_back(text[at]);
      continue;
    }
    result.push_back(static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0')));
    at += 3;
  }
  return result;
}

// The words of a line, the optional ones between the sixth and "-" included.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

}  // namespace

std::optional<std::string> cgroup_mount_point(std::string_view mountinfo) {
  constexpr std::size_t mount_point_word = 4;
  while (!mountinfo.empty()) {
    const auto end = std::min(mountinfo.find('\n'), mountinfo.size());
    const auto words = words_of(mountinfo.substr(0, end));
    const auto dash = std::ranges::find(words, "-");
    if (words.end() - dash > 1 && dash - words.begin() > 5 && *(dash + 1) == "cgroup2") {
      return unescaped(words[mount_point_word]);
    }
    mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
  }
  return std::nullopt;
}

CgroupTree::CgroupTree(std::string mount_point, UniqueFd directory)
    : mount_point_(std::move(mount_point)), directory_(std::move(directory)) {}

std::optional<CgroupTree> CgroupTree::open() {
  const auto mount_point = find_mount_point();
  return mount_point ? open(*mount_point) : std::nullopt;
}

std::optional<CgroupTree> CgroupTree::open(const std::string& mount_point) {
  CgroupTree tree(mount_point, open_directory(AT_FDCWD, mount_point));
  struct stat status{};
  struct statfs file_system{};
  const int fd = tree.directory_.get();
  if (fd < 0 || ::fstat(fd, &status) != 0 || ::fstatfs(fd, &file_system) != 0) return std::nullopt;
  tree.root_ = status.st_ino;
  tree.has_handles_ = is_cgroup2(file_system);
  return tree;
}

std::optional<std::string> CgroupTree::path_by_handle(std::uint64_t id) const {
  alignas(file_handle) std::array<char, sizeof(file_handle) + sizeof(id)> bytes{};
  auto* handle = reinterpret_cast<file_handle*>(bytes.data());
  handle->handle_bytes = sizeof(id);
  handle->handle_type = kernfs_handle;
  std::memcpy(bytes.data() + sizeof(file_handle), &id, sizeof(id));
  const UniqueFd fd(::open_by_handle_at(directory_.get(), handle, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno == ESTALE ? std::optional<std::string>("") : std::nullopt;
  const auto path = read_kernel_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd.get()));
  if (!path || !path->starts_with(mount_point_ + "/")) return "";
  return path->substr(mount_point_.size());
}

std::optional<std::string> CgroupTree::path_of(std::uint64_t id) {
  if (has_handles_) {
    if (auto path = path_by_handle(id); path) return path->empty() ? std::nullopt : path;
  }
  if (!walked_) {
    walked_.emplace();
    if (const auto top = open_directory(directory_.get(), "."); top) walk(top.get(), "", *walked_);
  }
  const auto found = walked_->find(id);
  return found == walked_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<Cgroup> CgroupTree::find(std::uint64_t id) {
  const auto path = id == root_ ? std::optional<std::string>("/") : path_of(id);
  if (!path) return std::nullopt;
  const auto processes = read_kernel_file(directory_.get(), "." + *path + "/cgroup.procs");
  return Cgroup{*path, parse_pids(processes.value_or(""))};
}

}  // namespace berth::system
