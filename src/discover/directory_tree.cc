#include "discover/directory_tree.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
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

}  // namespace

DirectoryTree::DirectoryTree(std::string root) : root_(std::move(root)) {}

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
  const std::unique_ptr<DIR, Closer> entries(::fdopendir(fd->get()));
  if (entries == nullptr) return std::unexpected(clause_of(errno));
  fd->release();
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return std::unexpected(clause_of(errno));
  std::ranges::sort(names);
  return names;
}

}  // namespace berth::discover
