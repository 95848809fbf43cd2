#include <fmt/format.h>

#include <set>
#include <string_view>

#include "app/register.h"
#include "cli/command.h"
#include "cli/decision.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "cli/request.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

std::expected<unsigned, Error> count_of(const Arguments& arguments) {
  const auto text = arguments.value("--count");
  if (!text) return 1;
  // There are as many ports as numbers of ports.
  const auto count = parse_ports(*text);
  if (count && count->size() == 1) return count->first;
  return std::unexpected(
      Error{ErrorCode::usage, fmt::format("invalid --count {}: it is a number from 1 to 65535", quote(*text))});
}

std::string json_of_answers(const std::vector<Decision>& decisions, bool several) {
  Json json;
  if (!several) {
    write_decision_members(json, decisions.front(), Named::no);
    return json.take();
  }
  json.key("answers");
  write_array(json, decisions, [](Json& out, const Decision& decision) {
    out.begin_object();
    write_decision_members(out, decision, Named::no);
    out.end_object();
  });
  return json.take();
}

}  // namespace

Result run_next(Session& session, const Arguments& arguments) {
  const auto endpoint = parse_endpoint(arguments.words().front());
  if (!endpoint) return std::unexpected(endpoint.error());
  const auto count = count_of(arguments);
  if (!count) return std::unexpected(count.error());
  const auto within = within_of(arguments);
  if (!within) return std::unexpected(within.error());
  const auto decisions = app::next_ports(session.context(), *endpoint, *within, *count);
  if (!decisions) return std::unexpected(decisions.error());

  auto& out = session.out;
  if (out.json) {
    out.answer_line(json_of_answers(*decisions, arguments.has("--count")));
    return exit_done;
  }
  std::set<std::string_view> warned;
  for (const auto& decision : *decisions) {
    for (const auto& warning : decision.warnings) {
      if (warned.insert(warning).second) out.warn(warning);
    }
    for (const auto& note : decision.notes) out.note(note);
    out.answer_line(to_string(decision.allocation.endpoint.ports));
  }
  return exit_done;
}

}  // namespace berth::cli
