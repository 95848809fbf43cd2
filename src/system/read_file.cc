#include "system/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "system/ownership.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

// A file that a person edits in place may grow or shrink between fstat() and read(): one byte more than expected is
// asked for, and only a read that brings less than that is the end.
std::expected<std::string, Error> read_text(int fd, std::size_t expected_size, std::size_t limit,
                                            const std::string& path) {
  std::string text;
  for (std::size_t room = expected_size + 1;; room *= 2) {
    const auto before = text.size();
    ssize_t got = 0;
    text.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) {
      do {
        got = ::read(fd, bytes + before, room);
      } while (got < 0 && errno == EINTR);
      return before + (got > 0 ? static_cast<std::size_t>(got) : 0);
    });
    if (got < 0) return std::unexpected(last_error("read '" + path + "'"));
    if (text.size() > limit) return std::unexpected(Error{EFBIG, "read '" + path + "'"});
    if (static_cast<std::size_t>(got) < room) return text;
  }
}

struct OpenFile {
  UniqueFd fd;
  FileStatus status;
};

std::expected<std::optional<OpenFile>, Error> open_file(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(last_error("open '" + path + "'"));
  }
  const auto status = status_of_regular(fd.get(), path);
  if (!status) return std::unexpected(status.error());
  if (auto known = refuse_foreign_file(path, status->user); !known) return std::unexpected(std::move(known.error()));
  return OpenFile{std::move(fd), *status};
}

std::expected<std::string, Error> target_of_link(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  auto length = ::readlink(path.c_str(), buffer.data(), buffer.size());
  const auto failure = [&] { return std::unexpected(last_error("read the symbolic link '" + path + "'")); };
  if (length < 0) return failure();
  // Whose link it is and where it leads to must be said of one and the same link.
  const UniqueFd link(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!link || ::fstat(link.get(), &status) != 0) return failure();
  if (auto known = refuse_foreign_link(path, status.st_uid); !known) return std::unexpected(std::move(known.error()));
  length = ::readlinkat(link.get(), "", buffer.data(), buffer.size());
  if (length < 0) return failure();
  const std::string target(buffer.data(), static_cast<std::size_t>(length));
  return target.starts_with('/') ? target : directory_of(path) + "/" + target;
}

bool is_no_link(int code) { return code == EINVAL || code == ENOENT; }

}  // namespace

std::expected<std::optional<File>, Error> read_file(const std::string& path, std::size_t limit) {
  const auto file = open_file(path);
  if (!file) return std::unexpected(file.error());
  if (!*file) return std::nullopt;
  const auto& [fd, status] = **file;
  if (status.size > limit) return std::unexpected(Error{EFBIG, "read '" + path + "'"});
  auto text = read_text(fd.get(), status.size, limit, path);
  if (!text) return std::unexpected(std::move(text.error()));
  return File{std::move(*text), status};
}

std::expected<std::optional<File>, Error> read_end(const std::string& path, std::size_t length) {
  const auto file = open_file(path);
  if (!file) return std::unexpected(file.error());
  if (!*file) return std::nullopt;
  const auto& [fd, status] = **file;
  const auto left_out = status.size > length ? status.size - length : 0;
  if (::lseek(fd.get(), static_cast<off_t>(left_out), SEEK_SET) < 0) {
    return std::unexpected(last_error("seek in '" + path + "'"));
  }
  // What is appended meanwhile may be read as well.
  auto text = read_text(fd.get(), status.size - left_out, std::size_t{status.size} + largest_file, path);
  if (!text) return std::unexpected(std::move(text.error()));
  return File{std::move(*text), status};
}

std::optional<FileStatus> status_if_same(const std::string& path, std::string_view text) {
  const auto file = open_file(path);
  if (!file || !*file || (*file)->status.size != text.size()) return std::nullopt;
  const auto& [fd, status] = **file;
  constexpr std::size_t portion = 16 << 10;
  std::array<char, portion> bytes;
  while (true) {
    const auto got = ::read(fd.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got == 0 && text.empty()) return status;
    if (got <= 0 || !text.starts_with(std::string_view(bytes.data(), static_cast<std::size_t>(got))))
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(got));
  }
}

std::expected<std::string, Error> follow_link(const std::string& path) {
  auto target = target_of_link(path);
  if (!target) {
    if (is_no_link(target.error().code)) return path;
    return target;
  }
  const auto further = target_of_link(*target);
  if (further) return std::unexpected(Error{ELOOP, "'" + path + "' links to the symbolic link '" + *target + "'"});
  if (!is_no_link(further.error().code)) return std::unexpected(further.error());
  return target;
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace berth::system
