#include "cli/decision.h"

#include <fmt/format.h>

#include "core/candidates.h"
#include "core/quote.h"

namespace berth::cli {

void write_decision_members(Json& json, const Decision& decision, Named named) {
  json.key("service");
  if (named == Named::yes) {
    json.value(decision.allocation.service);
  } else {
    json.null();
  }
  write_terms(json, decision.allocation);
  json.key("decision").value(to_string(decision.choice));
  json.key("warnings");
  write_texts(json, decision.warnings);
  json.key("notes");
  write_texts(json, decision.notes);
  json.key("skipped");
  write_skips(json, decision.skipped);
}

namespace {

void explain_choice(Output& out, const Decision& decision) {
  const auto& allocation = decision.allocation;
  std::string text = fmt::format("{}: {} ({})", escape(allocation.service), to_string(allocation.endpoint),
                                 to_string(decision.choice));
  for (const auto& skip : decision.skipped) text += "\nskipped " + describe(skip);
  out.note(text);
}

}  // namespace

void tell(Output& out, const Decision& decision, bool explain) {
  for (const auto& warning : decision.warnings) out.warn(warning);
  if (explain) {
    explain_choice(out, decision);
  } else if (decision.choice == Choice::moved && !decision.skipped.empty()) {
    const auto& first = decision.skipped.front();
    out.note(fmt::format("{} gets {}, because {} is {}", escape(decision.allocation.service),
                         to_string(decision.allocation.endpoint.ports), to_string(first.ports),
                         escape(first.evidence.front().what)));
  }
  for (const auto& note : decision.notes) out.note(note);
}

}  // namespace berth::cli
