#include "cli/restoration.h"

#include <fmt/format.h>

#include "cli/commit.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

std::string json_of(const app::Restored& restored, bool applied) {
  Json json;
  json.key("applied").value(applied);
  json.key("restored").value(restored.goal);
  json.key("revision").value(restored.latest);
  json.key("changes");
  write_array(json, restored.restoration.changes, [](Json& out, const Difference& change) {
    out.begin_object().key("service").value(change.service);
    out.key("before");
    write_allocation_or_null(out, change.before);
    out.key("after");
    write_allocation_or_null(out, change.after);
    out.end_object();
  });
  json.key("warnings");
  write_texts(json, restored.restoration.warnings);
  json.key("notes");
  write_texts(json, restored.restoration.notes);
  return json.take();
}

std::string shown(const Shared<Allocation>& side) { return side ? to_string(side->endpoint) : "-"; }

std::string line_for(const Difference& change, const Output& out) {
  if (out.plain) return fmt::format("{}\t{}\t{}", escape(change.service), shown(change.before), shown(change.after));
  return line_of(store::Record{change.before, change.after});
}

std::string outcome_of(const app::Restored& restored, bool applied) {
  const auto goal = fmt::format("revision {}", restored.goal);
  if (!applied) return fmt::format("nothing was changed; it would go back to {}", goal);
  if (restored.restoration.changes.empty() && !restored.was_lost) {
    return fmt::format("the registry is as it was at {}", goal);
  }
  return fmt::format("back to {}, as revision {}", goal, restored.latest);
}

}  // namespace

Result go_back(Session& session, const Arguments& arguments, app::RestoreRequest request) {
  request.strict = arguments.has("--strict");
  const bool applies = !arguments.has("--dry-run");
  const auto context = session.context();
  const auto restored = applies ? app::restore(context, request) : app::plan_restore(context, request);
  if (!restored) return std::unexpected(restored.error());

  auto& out = session.out;
  if (out.json) {
    out.answer_line(json_of(*restored, applies));
  } else {
    for (const auto& change : restored->restoration.changes) {
      const auto line = line_for(change, out);
      // A plan is the answer; what is done is talk.
      if (applies) {
        out.note(line);
      } else {
        out.answer_line(line);
      }
    }
  }
  for (const auto& warning : restored->restoration.warnings) out.warn(warning);
  for (const auto& note : restored->restoration.notes) out.note(note);
  out.note(outcome_of(*restored, applies));
  return exit_done;
}

}  // namespace berth::cli
