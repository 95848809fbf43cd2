#include "system/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace berth::system {

int KernelFiles::open(const std::string& path, int flags, mode_t mode) { return ::open(path.c_str(), flags, mode); }
ssize_t KernelFiles::write(int fd, const char* bytes, std::size_t size) { return ::write(fd, bytes, size); }
int KernelFiles::ftruncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int KernelFiles::fchmod(int fd, mode_t mode) { return ::fchmod(fd, mode); }
int KernelFiles::fchown(int fd, uid_t user, gid_t group) { return ::fchown(fd, user, group); }
int KernelFiles::begin_write_out(int fd) { return ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }
int KernelFiles::fsync(int fd) { return ::fsync(fd); }
int KernelFiles::fdatasync(int fd) { return ::fdatasync(fd); }
int KernelFiles::link(const std::string& from, const std::string& to) { return ::link(from.c_str(), to.c_str()); }
int KernelFiles::rename(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str());
}
int KernelFiles::unlink(const std::string& path) { return ::unlink(path.c_str()); }
int KernelFiles::mkdir(const std::string& path, mode_t mode) { return ::mkdir(path.c_str(), mode); }

}  // namespace berth::system
