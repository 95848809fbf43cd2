// What is said when a registry's file cannot be used: which file, why, and the way back.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "system/error.h"
#include "system/file_lock.h"

namespace berth::store {

// Reading `path`, the "registry" or the "history", failed.
Error cannot_read(std::string_view what, const std::string& path, const system::Error& error);

// Changing something for the registry at `path` failed.
Error cannot_write(const std::string& path, const system::Error& error);

// Somebody else held the lock for all of `waited` seconds.
Error cannot_lock(const system::LockFailure& failure, double waited);

}  // namespace berth::store
