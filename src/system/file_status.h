// What the kernel knows about an open regular file.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>

#include "system/error.h"

namespace berth::system {

struct FileStatus {
  mode_t mode = 0;  // the permission bits alone
  uid_t user = 0;
  gid_t group = 0;
  dev_t device = 0;
  ino_t inode = 0;
  nlink_t links = 0;
  std::uint64_t size = 0;
};

// `path` is for the message. Errors besides those of fstat(2): EISDIR for a directory, ENOTSUP for anything else that
// is not a regular file.
std::expected<FileStatus, Error> status_of_regular(int fd, const std::string& path);

}  // namespace berth::system
