#include "store/salvage.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/quote.h"
#include "store/codec.h"
#include "store/file_store_errors.h"
#include "store/history.h"
#include "store/history_file.h"
#include "store/rebuild.h"
#include "system/read_file.h"

namespace berth::store {
namespace {

std::string shown_command(std::string_view words, const std::string& path) {
  return "berth restore " + std::string(words) + " --registry " + shell_word(path);
}

}  // namespace

std::optional<Registry> salvage(const std::string& target) {
  const auto text = read_history(history_path(target));
  const auto commits = text ? read_commits(*text, UINT64_MAX, "") : std::vector<Commit>{};
  const auto last = commits.empty() ? 0 : commits.back().revision;
  auto previous = read_previous(target);
  // After the registry was removed its revisions begin again, and what is kept is of the time before.
  if (previous && (commits.empty() || previous->revision <= last)) return go_on(std::move(*previous), commits);
  if (!commits.empty() && commits.front().revision == 1) return go_on({}, commits);
  if (!previous) return std::nullopt;
  previous->revision = std::max(previous->revision, last);
  return *std::move(previous);
}

std::expected<Registry, Error> read_previous(const std::string& target) {
  const auto path = target + ".previous";
  const auto file = system::read_file(path);
  if (!file) return std::unexpected(cannot_read("registry", path, file.error()));
  if (*file) return parse_registry((*file)->text, path);
  return std::unexpected(
      Error{ErrorCode::negative, "no registry of before the last commit is kept: there is no '" + escape(path) + "'"});
}

bool is_about_invalid(const Error& error) { return error.code == ErrorCode::unreadable && error.hint != update_hint; }

Error with_way_back(Error error, const std::string& path) {
  if (!is_about_invalid(error)) return error;
  const auto target = system::follow_link(path).value_or(path);
  const auto known = salvage(target);
  const auto previous = read_previous(target);
  std::vector<std::string> ways;
  if (!error.hint.empty()) ways.push_back(std::move(error.hint));
  if (known && (!previous || previous->revision < known->revision)) {
    const auto revision = std::to_string(known->revision);
    ways.push_back(shown_command(revision, path) + "   rebuilds revision " + revision +
                   ", the last one, from the history");
  }
  if (previous) {
    ways.push_back(shown_command("--previous", path) + "   goes back to revision " +
                   std::to_string(previous->revision) + ", the one before");
  }
  // Not where one entry is wrong in a file that a person or another program wrote: that is better mended.
  if (ways.empty() || known) ways.push_back("rm " + operand(path) + "   starts anew with an empty registry");
  error.hint.clear();
  for (const auto& way : ways) error.hint += (error.hint.empty() ? "" : "\n") + way;
  return error;
}

}  // namespace berth::store
