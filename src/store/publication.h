// How a commit comes to the disk: the only place where the order of its steps is decided.
//
// Write `.tmp` and the history line -> fsync both -> keep the old file as `.previous` -> rename -> fsync the directory.
// A crash before the rename leaves the old registry, one after it the new one.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "store/store.h"
#include "system/error.h"
#include "system/file_status.h"
#include "system/files.h"

namespace berth::store {

// The registry's file as it is before a commit.
struct PresentFile {
  std::shared_ptr<const std::string> text;
  system::FileStatus status;
  // Whether the text has the strict form (store/strict_form.h).
  bool is_strict = false;
  // It is invalid, and what takes its place was rebuilt: it is put aside, and the one before it stays.
  bool is_broken = false;
};

// Everything from the new text to the moment when readers see it, and to its being durable. The lock is held. `target`:
// the registry's path, links followed; `commit` is its line in the history, and names every service that `registry`
// changes. An error before the rename leaves all as it was.
std::expected<void, system::Error> publish(system::Files& files, const std::string& target,
                                           const std::optional<PresentFile>& file, const Registry& registry,
                                           const Commit& commit);

}  // namespace berth::store
