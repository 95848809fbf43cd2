// Reading whole regular files.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "system/error.h"
#include "system/file_status.h"

namespace berth::system {

struct File {
  std::string text;
  FileStatus status;
};

// More than any registry needs, and little enough to be read into memory.
constexpr std::size_t largest_file = 64UZ << 20;

// The whole file, or nullopt if there is none. Never waits, whatever `path` is. Errors besides those of open(2): ELOOP
// for a symbolic link, EISDIR for a directory, ENOTSUP for anything else that is not a regular file, EPERM for one that
// is foreign (system/ownership.h), EFBIG above `limit` bytes.
std::expected<std::optional<File>, Error> read_file(const std::string& path, std::size_t limit = largest_file);

// The last `length` bytes of the file, or all of it if it is shorter: `status` has its whole size. Otherwise as above.
std::expected<std::optional<File>, Error> read_end(const std::string& path, std::size_t length);

// The status of the file if it says `text` and nothing else; nullopt if not, or if it cannot be read: read_file() then
// tells what it says, or why not. No memory is needed for what is known already.
std::optional<FileStatus> status_if_same(const std::string& path, std::string_view text);

// The path that `path` stands for: what it links to, or itself if it is no symbolic link or not there. Links in its
// directories are the kernel's business. ELOOP if the target is a link again, EPERM if the link is foreign.
std::expected<std::string, Error> follow_link(const std::string& path);

// "/opt/a" of "/opt/a/b", "." of "b", "/" of "/b".
std::string directory_of(std::string_view path);

}  // namespace berth::system
