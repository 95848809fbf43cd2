// The history of a registry: one JSON object a line, one line a commit, beside the registry.
//
// A line is durable before its commit is published, so that no commit is without one; what a crash leaves in between is
// one line too many, or a torn one, at the very end. The next commit cuts that off, and nothing else is ever removed:
// after the registry was deleted, or an older copy of it put back, the revisions begin again, and the later line of a
// revision counts, with what follows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace berth::store {

// "/opt/a.history.jsonl" for "/opt/a.json".
std::string history_path(std::string_view registry_path);

// With its newline; valid JSON whatever the names in it look like.
std::string format_commit(const Commit& commit);

// Nullopt for what is no such line. Evidence and verdicts of unknown words are left out.
std::optional<Commit> parse_commit(std::string_view line);

// The commits in the text of a history that concern `service`, or all if it is empty, the oldest first: those that
// lead to revision `latest`. A line that cannot be read is left out.
std::vector<Commit> read_commits(std::string_view text, std::uint64_t latest, std::string_view service);

// How many bytes at the end of a history no commit stands behind: a torn line, or one of the revision that
// comes after `latest`.
// `tail` is the end of the history; nullopt if it must be longer to tell. `is_whole`: it is all there is.
std::optional<std::size_t> remnant_length(std::string_view tail, bool is_whole, std::uint64_t latest);

}  // namespace berth::store
