// What is left of a registry whose file is invalid or gone: the one of before the last commit, and the history.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "store/store.h"

namespace berth::store {

// The last registry at `target` (links followed) as far as what lies beside it tells; nullopt if nothing does.
std::optional<Registry> salvage(const std::string& target);

// `<target>.previous`. Errors: negative if there is none, unreadable.
std::expected<Registry, Error> read_previous(const std::string& target);

// For a registry at `path` that cannot be parsed, as commands for a shell: back to what is known of it, or to an empty
// one.
std::string way_back(const std::string& path);

}  // namespace berth::store
