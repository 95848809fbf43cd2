#include "discover/directory_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace berth::discover {
namespace {

std::string clause_of(int code) {
  switch (code) {
    case EACCES:
    case EPERM:
      return "permission denied";
    case EFBIG:
      return "has more than " + std::to_string(DirectoryTree::largest_file >> 20) + " MiB";
    case ENOTSUP:
      return "is not a regular file";
    case EISDIR:
      return "is a directory";
    case ELOOP:
      return "is a symbolic link that leads nowhere";
    default:
      return std::generic_category().message(code);
  }
}

bool is_nothing(int code) { return code == ENOENT || code == ENOTDIR; }

struct Closer {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

using Directory = std::unique_ptr<DIR, Closer>;

// The same as the descriptor's, which it takes over.
Directory directory_of(system::UniqueFd fd) {
  Directory directory(::fdopendir(fd.get()));
  if (directory != nullptr) fd.release();
  return directory;
}

// Calls `look` with each entry but "." and ".."; the error number, 0 for none.
template <typename Look>
int for_each_entry(DIR* directory, Look look) {
  while (true) {
    errno = 0;
    const auto* entry = ::readdir(directory);
    if (entry == nullptr) return errno;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") look(*entry);
  }
}

bool shows_the_kernel(int directory) {
  constexpr auto kinds =
      std::to_array<unsigned>({PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                               DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC, BPF_FS_MAGIC});
  struct statfs status{};
  if (::fstatfs(directory, &status) != 0) return false;
  return std::ranges::find(kinds, static_cast<unsigned>(status.f_type)) != kinds.end();
}

// Of the entry itself, whatever it links to; some file systems leave it out of the listing.
unsigned char type_of(int directory, const dirent& entry) {
  struct stat status{};
  if (entry.d_type != DT_UNKNOWN) return entry.d_type;
  if (::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(status.st_mode));
}

}  // namespace

DirectoryTree::DirectoryTree(std::string root)
    : is_this_machine_(root.find_first_not_of('/') == std::string::npos), root_(std::move(root)) {}

DirectoryTree::Kind DirectoryTree::kind_of(const std::string& path) const {
  const auto fd = root_.open_place(path);
  struct stat status{};
  if (!fd || ::fstat(fd->get(), &status) != 0) return Kind::nothing;
  if (S_ISDIR(status.st_mode)) return Kind::directory;
  return S_ISREG(status.st_mode) ? Kind::file : Kind::other;
}

std::expected<DirectoryTree::Entries, std::string> DirectoryTree::entries_of(const std::string& directory) const {
  auto fd = root_.open_directory(directory);
  if (!fd) {
    if (is_nothing(fd.error().code)) return Entries{};
    return std::unexpected(clause_of(fd.error().code));
  }
  if (shows_the_kernel(fd->get())) return Entries{.files = {}, .directories = {}, .is_of_the_kernel = true};
  const auto open = directory_of(std::move(*fd));
  if (open == nullptr) return std::unexpected(clause_of(errno));
  Entries entries;
  const int code = for_each_entry(open.get(), [&](const dirent& entry) {
    const auto type = type_of(::dirfd(open.get()), entry);
    if (type == DT_DIR) entries.directories.emplace_back(entry.d_name);
    const auto path = directory + "/" + entry.d_name;
    if (type == DT_REG || (type == DT_LNK && kind_of(path) == Kind::file)) entries.files.emplace_back(entry.d_name);
  });
  if (code != 0) return std::unexpected(clause_of(code));
  std::ranges::sort(entries.files);
  std::ranges::sort(entries.directories);
  return entries;
}

std::string DirectoryTree::place_of(const std::string& path) const {
  return is_this_machine_ ? path : root_.place_of(path).value_or("");
}

std::expected<std::optional<std::string>, std::string> DirectoryTree::read(const std::string& path) const {
  auto text = root_.read(path, largest_file);
  if (!text) {
    if (is_nothing(text.error().code)) return std::nullopt;
    return std::unexpected(clause_of(text.error().code));
  }
  if (!*text) return std::nullopt;
  if ((*text)->is_device) return std::unexpected(std::string("is a device"));
  return std::move((*text)->text);
}

std::expected<std::optional<std::vector<std::string>>, std::string> DirectoryTree::list(
    const std::string& directory) const {
  auto fd = root_.open_directory(directory);
  if (!fd) {
    if (is_nothing(fd.error().code)) return std::nullopt;
    return std::unexpected(clause_of(fd.error().code));
  }
  const auto entries = directory_of(std::move(*fd));
  if (entries == nullptr) return std::unexpected(clause_of(errno));
  std::vector<std::string> names;
  const int code = for_each_entry(entries.get(), [&](const dirent& entry) { names.emplace_back(entry.d_name); });
  if (code != 0) return std::unexpected(clause_of(code));
  std::ranges::sort(names);
  return names;
}

}  // namespace berth::discover
