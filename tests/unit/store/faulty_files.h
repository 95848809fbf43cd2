// File systems that fail, and processes that die, at a chosen operation.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>

#include "system/files.h"

namespace berth::tests {

// Counts every change of the file system, and asks before(number) whether it may happen. `number` starts at 0.
class CountedFiles : public system::KernelFiles {
 public:
  int operations() const { return count_; }

  int open(const std::string& path, int flags, mode_t mode) override {
    return proceed() ? KernelFiles::open(path, flags, mode) : -1;
  }
  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    return proceed() ? KernelFiles::write(fd, bytes, size) : -1;
  }
  int ftruncate(int fd, off_t size) override { return proceed() ? KernelFiles::ftruncate(fd, size) : -1; }
  int fchmod(int fd, mode_t mode) override { return proceed() ? KernelFiles::fchmod(fd, mode) : -1; }
  int fchown(int fd, uid_t user, gid_t group) override { return proceed() ? KernelFiles::fchown(fd, user, group) : -1; }
  int begin_write_out(int fd) override { return proceed() ? KernelFiles::begin_write_out(fd) : -1; }
  int fsync(int fd) override { return proceed() ? KernelFiles::fsync(fd) : -1; }
  int fdatasync(int fd) override { return proceed() ? KernelFiles::fdatasync(fd) : -1; }
  int link(const std::string& from, const std::string& to) override {
    return proceed() ? KernelFiles::link(from, to) : -1;
  }
  int rename(const std::string& from, const std::string& to) override {
    return proceed() ? KernelFiles::rename(from, to) : -1;
  }
  int unlink(const std::string& path) override { return proceed() ? KernelFiles::unlink(path) : -1; }
  int mkdir(const std::string& path, mode_t mode) override { return proceed() ? KernelFiles::mkdir(path, mode) : -1; }

 protected:
  // False, with errno set, if the operation fails.
  virtual bool before(int) { return true; }

 private:
  bool proceed() { return before(count_++); }
  std::atomic<int> count_ = 0;
};

// A kernel that promises nothing, quickly.
class UnsyncedFiles final : public system::KernelFiles {
 public:
  int begin_write_out(int) override { return 0; }
  int fsync(int) override { return 0; }
  int fdatasync(int) override { return 0; }
};

// One operation fails; what comes after it works again.
class FailingFiles final : public CountedFiles {
 public:
  FailingFiles(int at, int code) : at_(at), code_(code) {}

  // Half is written before the disk is full or fails. What is interrupted has written nothing (write(2)).
  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    if (operations() == at_ && code_ != EINTR && size > 1) KernelFiles::write(fd, bytes, size / 2);
    return CountedFiles::write(fd, bytes, size);
  }

 protected:
  bool before(int number) override {
    if (number != at_) return true;
    errno = code_;
    return false;
  }

 private:
  int at_;
  int code_;
};

// One write takes half of what it is given, as write(2) may.
class ShortFiles final : public CountedFiles {
 public:
  explicit ShortFiles(int at) : at_(at) {}

  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    return CountedFiles::write(fd, bytes, operations() == at_ && size > 1 ? size / 2 : size);
  }

 private:
  int at_;
};

// The process is killed before an operation, or in the middle of it if it is a write.
class DyingFiles final : public CountedFiles {
 public:
  explicit DyingFiles(int at) : at_(at) {}

  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    if (operations() == at_) KernelFiles::write(fd, bytes, size / 2);
    return CountedFiles::write(fd, bytes, size);
  }

 protected:
  bool before(int number) override {
    if (number == at_) ::raise(SIGKILL);
    return true;
  }

 private:
  int at_;
};

// A file system without hard links, that writes one byte less than asked for, and is interrupted now and then.
class PoorFiles final : public system::KernelFiles {
 public:
  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    interrupted_ = !interrupted_;
    if (interrupted_) {
      errno = EINTR;
      return -1;
    }
    return KernelFiles::write(fd, bytes, size > 1 ? size - 1 : size);
  }
  int link(const std::string&, const std::string&) override {
    errno = EPERM;
    return -1;
  }

 private:
  bool interrupted_ = false;
};

}  // namespace berth::tests
