#include "system/append_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "system/durable_file.h"
#include "system/ownership.h"

namespace berth::system {
namespace {

constexpr int appending = O_RDWR | O_APPEND;

std::expected<UniqueFd, Error> open_or_create(Files& files, const std::string& path,
                                              const std::optional<FileStatus>& like) {
  UniqueFd fd(files.open(path, appending | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0));
  if (fd) return fd;
  if (errno != ENOENT) return std::unexpected(last_error("open '" + path + "'"));
  return create_like(files, path, appending, like, mode_of_new_files);
}

}  // namespace

AppendFile::AppendFile(Files& files, std::string path, UniqueFd fd, const FileStatus& status)
    : files_(&files),
      path_(std::move(path)),
      fd_(std::move(fd)),
      size_(status.size),
      keep_(status.size),
      has_other_names_(status.links > 1) {}

std::expected<AppendFile, Error> AppendFile::open(Files& files, std::string path,
                                                  const std::optional<FileStatus>& like) {
  auto fd = open_or_create(files, path, like);
  if (!fd) return std::unexpected(std::move(fd.error()));
  const auto status = status_of_regular(fd->get(), path);
  if (!status) return std::unexpected(status.error());
  if (auto known = refuse_foreign_file(path, status->user); !known) return std::unexpected(std::move(known.error()));
  return AppendFile(files, std::move(path), std::move(*fd), *status);
}

std::expected<std::string, Error> AppendFile::tail(std::uint64_t length) const {
  std::string text(std::min(length, size_), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto got =
        ::pread(fd_.get(), text.data() + done, text.size() - done, static_cast<off_t>(size_ - text.size() + done));
    if (got < 0 && errno != EINTR) return std::unexpected(last_error("read '" + path_ + "'"));
    if (got == 0) return std::unexpected(Error{EIO, "read '" + path_ + "', which shrank meanwhile"});
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return text;
}

std::expected<void, Error> AppendFile::append(std::uint64_t keep, std::string_view text) {
  keep_ = std::min(keep, size_);
  if (keep_ < size_ && files_->ftruncate(fd_.get(), static_cast<off_t>(keep_)) != 0) {
    return std::unexpected(last_error("truncate '" + path_ + "'"));
  }
  auto written = write_all(*files_, fd_.get(), text, path_);
  if (!written) undo();
  return written;
}

void AppendFile::begin_sync() { files_->begin_write_out(fd_.get()); }

std::expected<void, Error> AppendFile::sync() {
  if (files_->fdatasync(fd_.get()) != 0) return std::unexpected(last_error("fdatasync '" + path_ + "'"));
  return {};
}

void AppendFile::undo() { files_->ftruncate(fd_.get(), static_cast<off_t>(keep_)); }

}  // namespace berth::system
