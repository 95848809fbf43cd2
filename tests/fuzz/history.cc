// The lines of a history, where it is cut off, and the registries that it leads to.
#include "store/history.h"

#include <algorithm>

#include "fuzz/targets.h"
#include "store/codec.h"
#include "store/rebuild.h"

namespace berth::fuzz {
namespace {

void check_line(std::string_view line) {
  const auto commit = store::parse_commit(line);
  if (!commit) return;
  const auto written = store::format_commit(*commit);
  promise(written.ends_with('\n') && std::ranges::count(written, '\n') == 1, "a commit is one line");
  const auto again = store::parse_commit(std::string_view(written).substr(0, written.size() - 1));
  promise(again.has_value(), "a commit that is written can be read");
  promise(store::format_commit(*again) == written, "and is the same");
}

void check_rebuilt(std::string_view text, const std::vector<store::Commit>& commits) {
  const auto rebuilt = store::go_on({}, commits);
  const auto written = store::parse_registry(store::format_registry(rebuilt), "fuzz");
  promise(written && *written == rebuilt, "a registry that is rebuilt can be written and read");
  const auto way_back = store::read_commits(text, rebuilt.revision, "");
  for (std::uint64_t revision = 0; revision <= rebuilt.revision; ++revision) {
    const auto past = store::go_back(rebuilt, way_back, revision);
    promise(past ? past->registry.revision == revision : past.error().code == ErrorCode::negative,
            "there is a way back to a revision, or it is said that there is none");
  }
  promise(!store::go_back(rebuilt, way_back, rebuilt.revision + 1), "there is no way to the future");
}

}  // namespace

// The latest revision that counts is the number of the input's lines: so it is often one of those in it.
void history(std::string_view input) {
  const auto latest = static_cast<std::uint64_t>(std::ranges::count(input, '\n'));
  for (std::size_t begin = 0; begin < input.size();) {
    const auto end = std::min(input.find('\n', begin), input.size());
    check_line(input.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto all = store::read_commits(input, latest, "");
  for (const auto& commit : all) promise(commit.revision <= latest, "no commit of the future is told");
  promise(std::ranges::is_sorted(all, {}, &store::Commit::revision), "the oldest is first");
  promise(store::read_commits(input, latest, "web").size() <= all.size(), "one service has no more than all have");

  check_rebuilt(input, all);

  const auto remnant = store::remnant_length(input, true, latest);
  promise(remnant && *remnant <= input.size(), "of a whole history it can be told what is to be cut off");
  const auto kept = input.substr(0, input.size() - *remnant);
  promise(kept.empty() || kept.ends_with('\n'), "what is kept ends with a line");
  const auto tail = input.substr(input.size() / 2);
  const auto of_tail = store::remnant_length(tail, false, latest);
  promise(!of_tail || *of_tail == *remnant, "the end of a history tells the same as the whole, or nothing");
}

}  // namespace berth::fuzz
