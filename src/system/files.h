// The calls with which berth changes the file system, each as the manual page of the same name says: -1 and errno when
// it fails. They stand behind one small interface so that a test can make any of them fail, or stop before it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace berth::system {

class Files {
 public:
  virtual ~Files() = default;

  virtual int open(const std::string& path, int flags, mode_t mode) = 0;
  virtual ssize_t write(int fd, const char* bytes, std::size_t size) = 0;
  virtual int ftruncate(int fd, off_t size) = 0;
  virtual int fchmod(int fd, mode_t mode) = 0;
  virtual int fchown(int fd, uid_t user, gid_t group) = 0;
  // sync_file_range(2) with SYNC_FILE_RANGE_WRITE, of the whole file: begins, and does not wait.
  virtual int begin_write_out(int fd) = 0;
  virtual int fsync(int fd) = 0;
  virtual int fdatasync(int fd) = 0;
  virtual int link(const std::string& from, const std::string& to) = 0;
  virtual int rename(const std::string& from, const std::string& to) = 0;
  virtual int unlink(const std::string& path) = 0;
  virtual int mkdir(const std::string& path, mode_t mode) = 0;

 protected:
  Files() = default;
  Files(const Files&) = default;
  Files& operator=(const Files&) = default;
};

// The kernel's. A layer that injects faults derives from it and overrides what it wants to see fail.
class KernelFiles : public Files {
 public:
  int open(const std::string& path, int flags, mode_t mode) override;
  ssize_t write(int fd, const char* bytes, std::size_t size) override;
  int ftruncate(int fd, off_t size) override;
  int fchmod(int fd, mode_t mode) override;
  int fchown(int fd, uid_t user, gid_t group) override;
  int begin_write_out(int fd) override;
  int fsync(int fd) override;
  int fdatasync(int fd) override;
  int link(const std::string& from, const std::string& to) override;
  int rename(const std::string& from, const std::string& to) override;
  int unlink(const std::string& path) override;
  int mkdir(const std::string& path, mode_t mode) override;
};

}  // namespace berth::system
