#include "app/who.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/port_report.h"
#include "core/spec.h"

namespace berth::cli {

Result run_who(Session& session, const Arguments& arguments) {
  const auto endpoint = parse_endpoint(arguments.words().front());
  if (!endpoint) return std::unexpected(endpoint.error());
  const auto report = app::look_at(session.context(), *endpoint, app::Closeness::everything);
  if (!report) return std::unexpected(report.error());

  auto& out = session.out;
  if (out.json) {
    out.answer_line(json_of(*report));
  } else {
    out.answer(text_of(*report, out));
  }
  return exit_done;
}

}  // namespace berth::cli
