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

// Whether the error is about a file that is invalid, and not about one of a newer version.
bool is_about_invalid(const Error& error);

// Adds to the error about a registry at `path` that cannot be parsed how to get back to what is known of it, or to an
// empty one, as commands for a shell.
Error with_way_back(Error error, const std::string& path);

}  // namespace berth::store
