#include "system/kernel_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstddef>
#include <cstring>
#include <string>

#include "system/unique_fd.h"

namespace berth::system {

std::optional<std::string> read_kernel_file(int directory, const std::string& path, std::size_t portion) {
  const UniqueFd fd(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  ssize_t got = 0;
  do {
    const auto before = text.size();
    text.resize_and_overwrite(before + portion, [&](char* bytes, std::size_t) {
      do {
        got = ::read(fd.get(), bytes + before, portion);
      } while (got < 0 && errno == EINTR);
      return before + (got > 0 ? static_cast<std::size_t>(got) : 0);
    });
  } while (got > 0);
  if (got < 0) return std::nullopt;
  return text;
}

std::optional<std::string> read_kernel_link(int directory, const std::string& path) {
  std::array<char, PATH_MAX> target;
  const auto length = ::readlinkat(directory, path.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

namespace {

// False to stop.
bool visit_portion(const char* portion, std::size_t length, const std::function<bool(const DirectoryEntry&)>& visit) {
  for (std::size_t at = 0; at < length;) {
    dirent64 entry;
    std::memcpy(&entry, portion + at, offsetof(dirent64, d_name));
    const char* name = portion + at + offsetof(dirent64, d_name);
    at += entry.d_reclen;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
    if (!visit({name, entry.d_ino, entry.d_type == DT_DIR})) return false;
  }
  return true;
}

}  // namespace

void visit_directory(int directory, const std::function<bool(const DirectoryEntry&)>& visit) {
  alignas(dirent64) std::array<char, 4096> portion;
  while (true) {
    const auto length = ::getdents64(directory, portion.data(), portion.size());
    if (length <= 0 || !visit_portion(portion.data(), static_cast<std::size_t>(length), visit)) return;
  }
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

}  // namespace berth::system
