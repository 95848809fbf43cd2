#include "system/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "system/read_file.h"

namespace berth::system {
namespace {

std::unexpected<Error> failure(const char* action, const std::string& path) {
  return std::unexpected(last_error(std::string(action) + " '" + path + "'"));
}

std::expected<UniqueFd, Error> open_directory(Files& files, const std::string& path) {
  UniqueFd fd(files.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  if (!fd) return failure("open", path);
  return fd;
}

std::expected<void, Error> take_over(Files& files, int fd, const FileStatus& from, const std::string& path) {
  const auto now = status_of_regular(fd, path);
  if (!now) return std::unexpected(now.error());
  if (now->user == from.user && now->group == from.group) return {};
  if (files.fchown(fd, from.user, from.group) == 0) return {};
  constexpr auto same_user = static_cast<uid_t>(-1);
  if (now->group != from.group && files.fchown(fd, same_user, from.group) != 0) return failure("chown", path);
  return {};
}

bool is_refusal_of_links(int code) {
  return code == EPERM || code == EMLINK || code == EOPNOTSUPP || code == ENOSYS || code == EXDEV;
}

// link(2) of a name that a writer who died may have left behind.
int link_anew(Files& files, const std::string& path, const std::string& name) {
  if (files.link(path, name) == 0) return 0;
  if (errno != EEXIST || files.unlink(name) != 0) return -1;
  return files.link(path, name);
}

bool is_same_file(const std::string& path, const FileStatus& status) {
  struct stat there{};
  return ::lstat(path.c_str(), &there) == 0 && there.st_dev == status.device && there.st_ino == status.inode;
}

}  // namespace

std::expected<UniqueFd, Error> create_like(Files& files, const std::string& path, int flags,
                                           const std::optional<FileStatus>& like, mode_t mode, Sharing sharing) {
  // Nobody else may look in until the file has the owner and the mode that it shall have.
  UniqueFd fd(files.open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return failure("create", path);
  std::expected<void, Error> done;
  if (like) done = take_over(files, fd.get(), *like, path);
  if (done) {
    const int set = like ? files.fchmod(fd.get(), like->mode) : settle(files, fd.get(), path, mode, sharing);
    if (set != 0) done = failure("chmod", path);
  }
  if (done) return fd;
  files.unlink(path);
  return std::unexpected(std::move(done.error()));
}

std::expected<void, Error> write_all(Files& files, int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = files.write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return failure("write", path);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Replacement::Replacement(Files& files, std::string path)
    : files_(&files), path_(std::move(path)), temporary_(path_ + ".tmp") {}

Replacement::Replacement(Replacement&& other) noexcept
    : files_(other.files_),
      path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      directory_(std::move(other.directory_)),
      fd_(std::move(other.fd_)),
      exists_(std::exchange(other.exists_, false)),
      is_published_(other.is_published_) {}

Replacement::~Replacement() {
  if (exists_) files_->unlink(temporary_);
}

std::expected<Replacement, Error> Replacement::begin(Files& files, std::string path,
                                                     const std::optional<FileStatus>& like) {
  Replacement made(files, std::move(path));
  auto directory = open_directory(files, directory_of(made.path_));
  if (!directory) return std::unexpected(std::move(directory.error()));
  made.directory_ = std::move(*directory);
  auto created = made.create(like);
  if (!created) return std::unexpected(std::move(created.error()));
  return made;
}

std::expected<void, Error> Replacement::create(const std::optional<FileStatus>& like) {
  auto fd = create_like(*files_, temporary_, O_WRONLY, like, mode_of_new_files);
  if (!fd && fd.error().code == EEXIST) {
    if (files_->unlink(temporary_) != 0) return failure("remove", temporary_);
    fd = create_like(*files_, temporary_, O_WRONLY, like, mode_of_new_files);
  }
  if (!fd) return std::unexpected(std::move(fd.error()));
  exists_ = true;
  fd_ = std::move(*fd);
  return {};
}

std::expected<void, Error> Replacement::write(std::string_view bytes) {
  return write_all(*files_, fd_.get(), bytes, temporary_);
}

void Replacement::begin_sync() { files_->begin_write_out(fd_.get()); }

std::expected<void, Error> Replacement::sync() {
  if (files_->fsync(fd_.get()) != 0) return failure("fsync", temporary_);
  return {};
}

std::expected<void, Error> Replacement::publish() {
  if (files_->rename(temporary_, path_) != 0) return failure("rename to", path_);
  exists_ = false;
  is_published_ = true;
  if (files_->fsync(directory_.get()) != 0) {
    return failure("the new file is in place but may not survive a power failure: fsync", directory_of(path_));
  }
  return {};
}

std::expected<void, Error> replace_file(Files& files, const std::string& path, std::string_view content,
                                        const std::optional<FileStatus>& like) {
  auto replacement = Replacement::begin(files, path, like);
  if (!replacement) return std::unexpected(std::move(replacement.error()));
  auto done = replacement->write(content);
  if (done) done = replacement->sync();
  return done ? replacement->publish() : done;
}

std::expected<void, Error> keep_as(Files& files, const std::string& path, const FileStatus& status,
                                   std::string_view text, const std::string& second) {
  // After a crash in the middle of a commit both names may be one file already; rename() would then do nothing and
  // leave its source (rename(2)).
  if (status.links > 1 && is_same_file(second, status)) return {};
  const auto temporary = second + ".tmp";
  if (link_anew(files, path, temporary) == 0) {
    if (files.rename(temporary, second) == 0) return {};
    auto failed = failure("rename to", second);
    files.unlink(temporary);
    return failed;
  }
  if (errno == ENOENT) return {};  // somebody removed it: there is nothing to keep
  if (!is_refusal_of_links(errno)) return failure("link to", temporary);
  return replace_file(files, second, text, status);
}

std::expected<void, Error> make_directories(Files& files, const std::string& path) {
  const auto parent = directory_of(path);
  if (files.mkdir(path, 0755) != 0) {
    if (errno == EEXIST) return {};
    if (errno != ENOENT || parent == path) return failure("create the directory", path);
    if (auto made = make_directories(files, parent); !made) return made;
    if (files.mkdir(path, 0755) != 0 && errno != EEXIST) return failure("create the directory", path);
  }
  const auto directory = open_directory(files, parent);
  if (!directory) return std::unexpected(directory.error());
  if (files.fsync(directory->get()) != 0) return failure("fsync", parent);
  return {};
}

}  // namespace berth::system
