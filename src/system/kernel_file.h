// Files and directories that the kernel makes up as they are read: /proc, /sys, cgroup trees. They have no size, and
// what was there a moment ago may be gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace berth::system {

// The whole text; nullopt if it cannot be opened or read. `directory` is a descriptor, or AT_FDCWD. A sysctl answers
// the first read alone: `portion` must have room for its value.
std::optional<std::string> read_kernel_file(int directory, const std::string& path, std::size_t portion = 4096);

// The target of a symbolic link; nullopt if it cannot be read.
std::optional<std::string> read_kernel_link(int directory, const std::string& path);

struct DirectoryEntry {
  const char* name;  // terminated; valid during the call only
  std::uint64_t inode = 0;
  bool is_directory = false;
};

// Every entry but `.` and `..`, in the kernel's order, until `visit` returns false. `directory` must be open for
// reading, at its beginning. Reads in small portions: who stops early has not paid for all of them.
void visit_directory(int directory, const std::function<bool(const DirectoryEntry&)>& visit);

// A name that is a decimal number and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace berth::system
