#include "system/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace berth::system {
namespace {

// glibc has no function for it.
int open_below(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

std::expected<std::string, Error> read_up_to(int fd, std::size_t limit, const std::string& path) {
  constexpr std::size_t portion = 4096;
  std::string text;
  while (true) {
    const auto before = text.size();
    ssize_t got = 0;
    text.resize_and_overwrite(before + portion, [&](char* bytes, std::size_t) {
      do {
        got = ::read(fd, bytes + before, portion);
      } while (got < 0 && errno == EINTR);
      return before + (got > 0 ? static_cast<std::size_t>(got) : 0);
    });
    if (got < 0) return std::unexpected(last_error("read '" + path + "'"));
    if (text.size() > limit) return std::unexpected(Error{EFBIG, "read '" + path + "'"});
    if (static_cast<std::size_t>(got) < portion) return text;
  }
}

}  // namespace

RootDirectory::RootDirectory(std::string path) : path_(std::move(path)) {
  while (path_.ends_with('/')) path_.pop_back();
  if (path_.empty()) return;
  root_ = UniqueFd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd inside(root_ ? open_below(root_.get(), "/", O_PATH | O_CLOEXEC) : -1);
  if (!inside) failure_ = last_error("open '" + path_ + "'");
}

std::expected<UniqueFd, Error> RootDirectory::open(const std::string& path, int flags) const {
  flags |= O_RDONLY | O_CLOEXEC;
  if (failure_) return std::unexpected(*failure_);
  UniqueFd fd(path_.empty() ? ::open(path.c_str(), flags) : open_below(root_.get(), path.c_str(), flags));
  if (!fd) return std::unexpected(last_error("open '" + path_ + path + "'"));
  return fd;
}

std::expected<UniqueFd, Error> RootDirectory::open_place(const std::string& path) const { return open(path, O_PATH); }

std::expected<std::string, Error> RootDirectory::place_of(const std::string& path) const {
  const auto fd = open_place(path);
  if (!fd) return std::unexpected(fd.error());
  // proc(5): the kernel knows where it is, from the root of this process.
  const auto name = "/proc/self/fd/" + std::to_string(fd->get());
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlink(name.c_str(), target.data(), target.size());
  if (length < 0) return std::unexpected(last_error("read the symbolic link '" + name + "'"));
  return std::string(target.data(), static_cast<std::size_t>(length));
}

std::expected<UniqueFd, Error> RootDirectory::open_directory(const std::string& path) const {
  return open(path, O_DIRECTORY);
}

std::expected<std::optional<RootDirectory::Text>, Error> RootDirectory::read(const std::string& path,
                                                                             std::size_t limit) const {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const auto fd = open(path, O_NONBLOCK | O_NOCTTY);
  if (!fd) {
    if (fd.error().code == ENOENT && !failure_) return std::nullopt;
    return std::unexpected(fd.error());
  }
  struct stat status{};
  if (::fstat(fd->get(), &status) != 0) return std::unexpected(last_error("stat '" + path_ + path + "'"));
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) return Text{{}, true};
  if (!S_ISREG(status.st_mode)) return std::unexpected(Error{ENOTSUP, "read '" + path_ + path + "'"});
  auto text = read_up_to(fd->get(), limit, path_ + path);
  if (!text) return std::unexpected(std::move(text.error()));
  return Text{std::move(*text), false};
}

}  // namespace berth::system
