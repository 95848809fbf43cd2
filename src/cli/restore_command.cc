#include <fmt/format.h>

#include <charconv>

#include "cli/command.h"
#include "cli/restoration.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

std::expected<std::uint64_t, Error> revision_of(std::string_view word) {
  std::uint64_t revision = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), revision);
  if (error == std::errc{} && end == word.data() + word.size()) return revision;
  return std::unexpected(Error{ErrorCode::usage, fmt::format("invalid revision {}: it is a number", quote(word)),
                               "berth history   lists the revisions"});
}

}  // namespace

Result run_restore(Session& session, const Arguments& arguments) {
  const bool previous = arguments.has("--previous");
  if (previous != arguments.words().empty()) {
    return std::unexpected(Error{
        ErrorCode::usage, previous ? "--previous is a revision already: do not name another" : "no revision is named",
        usage_of(*find_command("restore"))});
  }
  if (previous) return go_back(session, arguments, {.goal = app::RestoreRequest::Goal::kept});
  const auto revision = revision_of(arguments.words().front());
  if (!revision) return std::unexpected(revision.error());
  return go_back(session, arguments, {.revision = *revision});
}

}  // namespace berth::cli
