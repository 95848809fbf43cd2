// A disk whose power can be cut: it knows what was made durable and what was merely written, so that everything that
// may be found after a power failure can be laid out in a directory.
//
// The model is what POSIX promises, not what one file system does: a file's bytes are durable after an fsync or
// fdatasync of it, and names after an fsync of their directory. Names reach the disk in the order of the calls, as on
// every journalling file system; any number of the last ones may be lost.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "scratch_directory.h"
#include "system/files.h"

namespace berth::tests {

class FragileDisk final : public system::KernelFiles {
 public:
  // What became of bytes that were written and not synced.
  enum class Unsynced { lost, half, zeros, kept };
  // One of the things that may be found.
  struct State {
    std::size_t names = 0;  // so many changes of names, of those that were not synced, reached the disk
    Unsynced bytes = Unsynced::lost;
  };

  explicit FragileDisk(const std::string& root) : root_(root) {}

  // From now on operation `at` (the first is 0) fails with `code`; or, if that is 0, the power is cut before it, and in
  // the middle of it if it is a write. Nothing works after that.
  void break_at(int at, int code) {
    count_ = 0;
    at_ = at;
    code_ = code;
  }
  void work() { break_at(-1, EIO); }
  void cut() { is_dead_ = true; }
  bool is_dead() const { return is_dead_; }
  // Since break_at().
  int operations() const { return count_; }
  bool was_broken() const { return at_ >= 0 && count_ > at_; }

  // Takes a file that is there, with what is in it, for durable.
  void adopt(const std::string& path) {
    inodes_.push_back({read_text(path), read_text(path)});
    durable_names_[path] = names_[path] = inodes_.size() - 1;
  }

  std::vector<State> states() const {
    std::vector<State> found;
    for (std::size_t names = 0; names <= pending_.size(); ++names) {
      for (const auto bytes : {Unsynced::lost, Unsynced::half, Unsynced::zeros, Unsynced::kept}) {
        found.push_back({names, bytes});
      }
    }
    return found;
  }

  // Fills an empty directory with what is found in that state.
  void lay_out(const State& state, const std::string& directory) const {
    auto names = durable_names_;
    for (std::size_t index = 0; index < state.names; ++index) apply(pending_[index], names);
    for (const auto& [path, inode] : names) {
      write_text(directory + path.substr(root_.size()), content(inodes_[inode], state.bytes));
    }
  }

  int open(const std::string& path, int flags, mode_t mode) override {
    if (!proceed()) return -1;
    const int fd = KernelFiles::open(path, flags, mode);
    if (fd < 0) return fd;
    directories_.erase(fd);
    files_.erase(fd);
    if ((flags & O_DIRECTORY) != 0) {
      directories_[fd] = path;
      return fd;
    }
    if ((flags & O_CREAT) != 0 && !names_.contains(path)) {
      inodes_.push_back({});
      change({"", path, inodes_.size() - 1});
    }
    files_[fd] = names_.at(path);
    if ((flags & O_TRUNC) != 0) inodes_[files_[fd]].now.clear();
    return fd;
  }
  ssize_t write(int fd, const char* bytes, std::size_t size) override {
    const bool is_half = count_ == at_ && code_ == 0;
    if (!proceed() && !is_half) return -1;
    inodes_.at(files_.at(fd)).now.append(bytes, is_half ? size / 2 : size);
    return is_half ? -1 : KernelFiles::write(fd, bytes, size);
  }
  int ftruncate(int fd, off_t size) override {
    if (!proceed()) return -1;
    inodes_.at(files_.at(fd)).now.resize(static_cast<std::size_t>(size));
    return KernelFiles::ftruncate(fd, size);
  }
  int fchmod(int fd, mode_t mode) override { return proceed() ? KernelFiles::fchmod(fd, mode) : -1; }
  int fchown(int fd, uid_t user, gid_t group) override { return proceed() ? KernelFiles::fchown(fd, user, group) : -1; }
  int begin_write_out(int) override { return proceed() ? 0 : -1; }
  int fsync(int fd) override {
    if (!proceed()) return -1;
    if (directories_.contains(fd)) {
      durable_names_ = names_;
      pending_.clear();
    } else {
      auto& inode = inodes_.at(files_.at(fd));
      inode.durable = inode.now;
    }
    return 0;
  }
  int fdatasync(int fd) override { return fsync(fd); }
  int link(const std::string& from, const std::string& to) override {
    if (!proceed()) return -1;
    if (KernelFiles::link(from, to) != 0) return -1;
    change({"", to, names_.at(from)});
    return 0;
  }
  int rename(const std::string& from, const std::string& to) override {
    if (!proceed()) return -1;
    if (KernelFiles::rename(from, to) != 0) return -1;
    change({from, to, names_.at(from)});
    return 0;
  }
  int unlink(const std::string& path) override {
    if (!proceed()) return -1;
    if (KernelFiles::unlink(path) != 0) return -1;
    change({path, "", 0});
    return 0;
  }

 private:
  struct Inode {
    std::string durable = {};
    std::string now = {};
  };
  // `gone` is no name any more, `name` is one of the inode; either may be empty.
  struct Change {
    std::string gone;
    std::string name;
    std::size_t inode;
  };
  using Names = std::map<std::string, std::size_t>;

  static void apply(const Change& change, Names& names) {
    if (!change.gone.empty()) names.erase(change.gone);
    if (!change.name.empty()) names[change.name] = change.inode;
  }
  void change(Change change) {
    apply(change, names_);
    pending_.push_back(std::move(change));
  }
  bool proceed() {
    const bool is_it = count_++ == at_;
    if (is_it && code_ == 0) is_dead_ = true;
    errno = is_dead_ ? EIO : code_;
    return !is_dead_ && !is_it;
  }
  static std::string content(const Inode& inode, Unsynced bytes) {
    const auto& [durable, now] = inode;
    if (bytes == Unsynced::lost) return durable;
    if (bytes == Unsynced::kept) return now;
    const auto same = static_cast<std::size_t>(std::ranges::mismatch(durable, now).in1 - durable.begin());
    if (bytes == Unsynced::half) return now.substr(0, same + (now.size() - same) / 2);
    return now.substr(0, same) + std::string(now.size() - same, '\0');
  }

  std::string root_;
  int count_ = 0;
  int at_ = -1;
  int code_ = EIO;
  bool is_dead_ = false;
  std::vector<Inode> inodes_;
  Names names_;
  Names durable_names_;
  std::vector<Change> pending_;
  std::map<int, std::size_t> files_;
  std::map<int, std::string> directories_;
};

}  // namespace berth::tests
