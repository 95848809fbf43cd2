// The files that a discoverer reads: those of this machine, of an installation below a directory, or of a test.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

class FileTree {
 public:
  virtual ~FileTree() = default;

  // The whole text, or nullopt if there is no such file. `path` is absolute. Never waits, whatever it is. The error
  // is a clause for a person: "permission denied", "is a directory", "has more than 4 MiB".
  virtual std::expected<std::optional<std::string>, std::string> read(const std::string& path) const = 0;

  // The names in a directory, sorted, without "." and ".."; nullopt if there is no such directory. Errors as above.
  virtual std::expected<std::optional<std::vector<std::string>>, std::string> list(
      const std::string& directory) const = 0;

 protected:
  FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;
};

// `path` as seen from `directory`: itself if it is absolute; "." and ".." and doubled slashes are taken out, as if
// there were no symbolic links.
std::string resolve(std::string_view directory, std::string_view path);

// The files and directories that match an absolute pattern of glob(7), sorted: `*`, `?` and `[...]` match within one
// component, and a leading `.` only if the pattern has it. A pattern without any of them stands for itself, whether or
// not it exists. What cannot be listed matches nothing.
std::vector<std::string> glob(const FileTree& tree, const std::string& pattern);

}  // namespace berth::discover
