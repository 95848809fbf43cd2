#include "cli/decision.h"

#include <fmt/format.h>

#include "core/candidates.h"
#include "core/quote.h"

namespace berth::cli {

void write_decision_members(Json& json, const Decision& decision) {
  write_allocation_members(json, decision.allocation);
  json.key("decision").value(to_string(decision.choice));
  json.key("warnings");
  write_texts(json, decision.warnings);
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
  for (const auto& note : decision.notes) out.note(note);
  if (explain) {
    explain_choice(out, decision);
  } else if (decision.choice == Choice::moved && !decision.skipped.empty()) {
    out.note(fmt::format("{} gets {}: {}", escape(decision.allocation.service),
                         to_string(decision.allocation.endpoint.ports), describe(decision.skipped.front())));
  }
}

}  // namespace berth::cli
