#include "system/file_status.h"

#include <sys/stat.h>

#include <cerrno>

namespace berth::system {
namespace {

const char* name_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

std::expected<FileStatus, Error> status_of_regular(int fd, const std::string& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return std::unexpected(last_error("fstat '" + path + "'"));
  if (S_ISDIR(status.st_mode)) return std::unexpected(Error{EISDIR, "read '" + path + "'"});
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(Error{ENOTSUP, "read '" + path + "', which is " + name_of(status.st_mode)});
  }
  return FileStatus{.mode = status.st_mode & 07777,
                    .user = status.st_uid,
                    .group = status.st_gid,
                    .device = status.st_dev,
                    .inode = status.st_ino,
                    .links = status.st_nlink,
                    .size = static_cast<std::uint64_t>(status.st_size)};
}

}  // namespace berth::system
