#include "app/who.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/port_report.h"
#include "core/quote.h"
#include "core/spec.h"

namespace berth::cli {

Result run_free(Session& session, const Arguments& arguments) {
  const auto endpoint = parse_endpoint(arguments.words().front());
  if (!endpoint) return std::unexpected(endpoint.error());
  auto& out = session.out;
  const auto closeness = out.quiet && !out.json ? app::Closeness::verdict : app::Closeness::owners;
  const auto report = app::look_at(session.context(), *endpoint, closeness);
  if (!report) return std::unexpected(report.error());

  if (out.json) out.answer_line(json_of(*report));
  out.note(sentence_of(*report));
  for (const auto& spot : report->blind_spots) {
    if (spot.hides_holders) out.note("not seen: " + escape(spot.why));
  }
  switch (report->verdict) {
    case Verdict::free:
      return exit_done;
    case Verdict::unknown:
      return exit_code(ErrorCode::unseen);
    default:
      return exit_no;
  }
}

}  // namespace berth::cli
