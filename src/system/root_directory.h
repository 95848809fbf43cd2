// The files of a Linux installation below a directory: of a container, of a disk that is mounted, or of the running
// system.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>

#include "system/error.h"
#include "system/unique_fd.h"

namespace berth::system {

class RootDirectory {
 public:
  // Paths are absolute, as they are inside. Symbolic links, absolute ones too, lead to where they would lead if `path`
  // were `/` (openat2(2), RESOLVE_IN_ROOT). "" and "/" are the running system.
  explicit RootDirectory(std::string path);

  // Why nothing below can be opened, if so; ENOSYS: this is not the running system, and the kernel is older than 5.6.
  const std::optional<Error>& failure() const { return failure_; }

  std::expected<UniqueFd, Error> open_directory(const std::string& path) const;
  // For its status alone (open(2), O_PATH): whatever it is, nobody waits and nothing happens to it.
  std::expected<UniqueFd, Error> open_place(const std::string& path) const;
  // Where in the running system `path` leads to in the end.
  std::expected<std::string, Error> place_of(const std::string& path) const;

  struct Text {
    std::string text;
    // No text, but a device: what is linked to /dev/null.
    bool is_device = false;
  };
  // nullopt if there is no such file. Never waits, whatever `path` is. Errors besides those of openat2(2) and read(2):
  // ENOTSUP if it is neither a regular file nor a device, EFBIG above `limit` bytes.
  std::expected<std::optional<Text>, Error> read(const std::string& path, std::size_t limit) const;

 private:
  std::expected<UniqueFd, Error> open(const std::string& path, int flags) const;

  std::string path_;  // empty of the running system
  UniqueFd root_;
  std::optional<Error> failure_;
};

}  // namespace berth::system
