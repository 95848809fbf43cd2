// Whose files are believed, and whose a new file is to be.
#pragma once

#include <sys/types.h>

#include <expected>
#include <string>

#include "system/error.h"
#include "system/files.h"

namespace berth::system {

// A directory, as far as it says who may put files into it.
struct DirectoryStatus {
  mode_t mode = 0;
  uid_t user = 0;
  gid_t group = 0;
};

// Where everybody may create files, like /tmp (the sticky bit and write permission for all), a name proves nothing:
// a file there is believed only if it belongs to root, to the directory's owner, or to `me`. It is the rule of
// fs.protected_regular (proc_sys_fs(5)).
bool is_foreign_file(uid_t owner, const DirectoryStatus& directory, uid_t me);

// A symbolic link sends its reader elsewhere, with that reader's rights: whatever the mode of its directory, it is
// followed only if it belongs to root, to the directory's owner, or to `me`.
bool is_foreign_link(uid_t owner, const DirectoryStatus& directory, uid_t me);

// EPERM if the file at `path`, of that owner, is foreign to this process. No system call if it is root's.
std::expected<void, Error> refuse_foreign_file(const std::string& path, uid_t owner);
std::expected<void, Error> refuse_foreign_link(const std::string& path, uid_t owner);

// Who shall have, besides its owner, what the owner of a new file may do.
enum class Sharing : unsigned char {
  with_group,   // the group of the directory, if it may create files there
  with_writers  // the same, and everybody if everybody may
};

struct NewFile {
  uid_t user = 0;
  gid_t group = 0;
  mode_t mode = 0;
};
// Who may create files in a directory shall be able to write what berth creates there; what root creates in somebody's
// directory belongs to that somebody. Not so where the sticky bit keeps them apart. `plain`: what it is otherwise.
NewFile new_file_in(const DirectoryStatus& directory, const NewFile& plain, uid_t me, Sharing sharing);

// Gives an open file that has just been created at `path` that owner, group and mode, as far as this process may;
// `mode` is the least. -1 and errno if the mode cannot be set.
int settle(Files& files, int fd, const std::string& path, mode_t mode, Sharing sharing);

}  // namespace berth::system
