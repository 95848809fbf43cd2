#include "system/ownership.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "system/read_file.h"

namespace berth::system {
namespace {

constexpr mode_t writable_for_group = 0020;
constexpr mode_t writable_for_all = 0002;

bool is_sticky(const DirectoryStatus& directory) { return (directory.mode & S_ISVTX) != 0; }

std::optional<DirectoryStatus> directory_above(const std::string& path) {
  struct stat status{};
  if (::stat(directory_of(path).c_str(), &status) != 0) return std::nullopt;
  return DirectoryStatus{status.st_mode & 07777U, status.st_uid, status.st_gid};
}

bool is_known(uid_t owner, const DirectoryStatus& directory, uid_t me) {
  return owner == 0 || owner == me || owner == directory.user;
}

using IsForeign = bool(uid_t, const DirectoryStatus&, uid_t);

std::expected<void, Error> refuse(const std::string& path, uid_t owner, IsForeign is_foreign, const char* what) {
  if (owner == 0) return {};
  const auto me = ::geteuid();
  if (owner == me) return {};
  const auto directory = directory_above(path);
  if (!directory || !is_foreign(owner, *directory, me)) return {};
  return std::unexpected(Error{EPERM, std::string(what) + " '" + path + "', which is another user's"});
}

}  // namespace

bool is_foreign_file(uid_t owner, const DirectoryStatus& directory, uid_t me) {
  const bool anybody_s = is_sticky(directory) && (directory.mode & writable_for_all) != 0;
  return anybody_s && !is_known(owner, directory, me);
}

bool is_foreign_link(uid_t owner, const DirectoryStatus& directory, uid_t me) {
  return !is_known(owner, directory, me);
}

std::expected<void, Error> refuse_foreign_file(const std::string& path, uid_t owner) {
  return refuse(path, owner, is_foreign_file, "trust");
}

std::expected<void, Error> refuse_foreign_link(const std::string& path, uid_t owner) {
  return refuse(path, owner, is_foreign_link, "follow the symbolic link");
}

NewFile new_file_in(const DirectoryStatus& directory, const NewFile& plain, uid_t me, Sharing sharing) {
  if (is_sticky(directory)) return plain;
  auto file = plain;
  // That user also stands for all whom a user namespace does not know (user_namespaces(7)).
  constexpr uid_t nobody = 65534;
  constexpr uid_t root = 0;
  if (me == 0 && directory.user != root && directory.user != nobody) {
    file.user = directory.user;
    file.group = directory.group;
  }
  const mode_t of_owner = plain.mode & 0600U;
  if ((directory.mode & writable_for_group) != 0) {
    file.group = directory.group;
    file.mode |= of_owner >> 3U;
  }
  if (sharing == Sharing::with_writers && (directory.mode & writable_for_all) != 0) file.mode |= of_owner >> 6U;
  return file;
}

int settle(Files& files, int fd, const std::string& path, mode_t mode, Sharing sharing) {
  struct stat status{};
  const auto directory = directory_above(path);
  if (!directory || ::fstat(fd, &status) != 0) return files.fchmod(fd, mode);
  constexpr auto same_user = static_cast<uid_t>(-1);
  constexpr auto same_group = static_cast<gid_t>(-1);
  auto file = new_file_in(*directory, {status.st_uid, status.st_gid, mode}, ::geteuid(), sharing);
  if (file.group != status.st_gid && files.fchown(fd, same_user, file.group) != 0) file.mode &= ~mode_t{0060} | mode;
  if (file.user != status.st_uid) files.fchown(fd, file.user, same_group);
  return files.fchmod(fd, file.mode);
}

}  // namespace berth::system
