#include <fmt/format.h>

#include "app/explain.h"
#include "cli/command.h"
#include "cli/commit.h"
#include "cli/exit_codes.h"
#include "cli/port_report.h"
#include "core/candidates.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

std::string json_of(const app::Explanation& explanation) {
  Json json;
  json.key("allocation");
  write_allocation(json, explanation.allocation);
  json.key("state").value(to_string(explanation.state));
  json.key("origin");
  if (explanation.origin) {
    write_commit(json, *explanation.origin);
  } else {
    json.null();
  }
  json.key("later");
  write_array(json, explanation.later, [](Json& out, const store::Commit& commit) { write_commit(out, commit); });
  json.key("verdict").value(to_string(explanation.own.verdict));
  json.key("holders");
  write_array(json, explanation.own.holders, write_holder);
  json.key("preferred_verdict").text_or_null(explanation.preferred ? to_string(explanation.preferred->verdict) : "");
  json.key("preferred_evidence");
  write_evidence(json, explanation.preferred ? explanation.preferred->evidence : std::vector<Evidence>{});
  json.key("blind_spots");
  write_blind_spots(json, explanation.own.blind_spots);
  return json.take();
}

std::string heading(const Allocation& allocation) {
  auto text = fmt::format("{} has {} ({})\n", escape(allocation.service), to_string(allocation.endpoint),
                          to_string(allocation.kind));
  if (!allocation.preferred)
    return text + "  asked for  unknown: it was taken over from an older registry or a listener\n";
  const auto got = *allocation.preferred == allocation.endpoint.ports.first;
  text += fmt::format("  asked for  {}{}\n", *allocation.preferred, got ? ", and got it" : "");
  if (allocation.owner) {
    text += fmt::format("  belongs to {} {}\n", to_string(allocation.owner.kind), escape(allocation.owner.name));
  }
  return text;
}

std::string origin_of(const app::Explanation& explanation) {
  if (!explanation.origin) return "  registered before the history begins\n";
  const auto& commit = *explanation.origin;
  auto text = fmt::format("  registered {} by {}: berth {} (revision {})\n", escape(commit.time),
                          escape(commit.author.user), escape(commit.author.command), commit.revision);
  for (const auto& skip : explanation.record->skipped) text += fmt::format("  skipped    {}\n", describe(skip));
  for (const auto& change : explanation.later) {
    text += fmt::format("  changed    {} by {}: berth {} (revision {})\n", escape(change.time),
                        escape(change.author.user), escape(change.author.command), change.revision);
  }
  return text;
}

std::string now_of(const app::Explanation& explanation) {
  auto text = fmt::format("  now        {}", to_string(explanation.state));
  for (const auto& holder : explanation.own.holders) {
    text += fmt::format("{} {}", &holder == &explanation.own.holders.front() ? ":" : ",", escape(describe(holder)));
  }
  text.push_back('\n');
  if (explanation.preferred) {
    text += fmt::format("  preferred  {}; asking again keeps the port, so that nothing that works is moved\n",
                        sentence_of(*explanation.preferred));
  }
  for (const auto& spot : explanation.own.blind_spots) text += fmt::format("  not seen   {}\n", escape(spot.why));
  return text;
}

}  // namespace

Result run_explain(Session& session, const Arguments& arguments) {
  const auto explanation = app::explain_service(session.context(), arguments.words().front());
  if (!explanation) return std::unexpected(explanation.error());
  auto& out = session.out;
  if (out.json) {
    out.answer_line(json_of(*explanation));
  } else {
    out.answer(heading(explanation->allocation) + origin_of(*explanation) + now_of(*explanation));
  }
  return exit_done;
}

}  // namespace berth::cli
