#include "app/who.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/findings.h"
#include "core/spec.h"

namespace berth::cli {

Result run_free(Session& session, const Arguments& arguments) {
  const auto endpoint = parse_endpoint(arguments.words().front());
  if (!endpoint) return std::unexpected(endpoint.error());
  auto& out = session.out;
  const auto findings = app::look_at(session.context(), *endpoint, !out.quiet || out.json);
  if (!findings) return std::unexpected(findings.error());

  if (out.json) out.answer_line(json_of(*findings));
  out.note(sentence_of(*findings));
  switch (findings->verdict) {
    case Verdict::free:
      return exit_done;
    case Verdict::unknown:
      return exit_code(ErrorCode::unseen);
    default:
      return exit_no;
  }
}

}  // namespace berth::cli
