#include <fmt/format.h>

#include "cli/command.h"
#include "cli/commit.h"
#include "cli/exit_codes.h"
#include "core/quote.h"

namespace berth::cli {

Result run_history(Session& session, const Arguments& arguments) {
  const auto& words = arguments.words();
  const auto commits = session.context().store.history(words.empty() ? "" : words.front());
  if (!commits) return std::unexpected(commits.error());

  auto& out = session.out;
  if (out.json) {
    Json json;
    json.key("commits");
    write_array(json, *commits, write_commit);
    out.answer_line(json.take());
    return exit_done;
  }
  if (commits->empty()) {
    out.note(words.empty() ? "there is no history yet" : fmt::format("no commit concerns {}", quote(words.front())));
  }
  for (const auto& commit : *commits) {
    if (!out.plain) {
      out.answer_line(fmt::format("{}  {}  {}  {}", out.paint(Colour::bold, std::to_string(commit.revision)),
                                  escape(commit.time), escape(commit.author.user),
                                  out.paint(Colour::dim, escape(commit.author.command))));
    }
    for (const auto& record : commit.records) {
      if (!words.empty() && record.service() != words.front()) continue;
      out.answer_line(out.plain ? fmt::format("{}\t{}\t{}\t{}", commit.revision, escape(commit.time),
                                              escape(commit.author.user), line_of(record))
                                : "    " + line_of(record));
    }
  }
  return exit_done;
}

}  // namespace berth::cli
