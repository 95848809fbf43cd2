// Who holds a flock(2), from /proc/locks (proc_locks(5)).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "system/file_lock.h"

namespace berth::system {

// The pid in the line of `locks` (the text of /proc/locks) that names this file. Some file systems (btrfs, overlayfs)
// show another device number there than stat(2) does; then a lock on that inode number counts if there is only one.
std::optional<pid_t> find_lock_holder(std::string_view locks, dev_t device, ino_t inode);

// Who has the lock on the open file; nullopt if it cannot be told: no /proc, another pid namespace, just released.
std::optional<LockHolder> lock_holder(int fd);

}  // namespace berth::system
