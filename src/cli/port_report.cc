#include "cli/port_report.h"

#include <fmt/format.h>

#include <ranges>

#include "cli/holder_text.h"
#include "cli/json.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

void add_line(std::string& text, std::string_view label, std::string_view line) {
  text += fmt::format("  {:<10} {}\n", label, line);
}

std::string allocation_line(const Allocation& allocation) {
  auto line = fmt::format("{} has {} ({}", escape(allocation.service), to_string(allocation.endpoint),
                          to_string(allocation.kind));
  if (!allocation.since.empty()) line += ", since " + escape(allocation.since.text());
  return line + ")";
}

}  // namespace

std::string json_of(const app::PortReport& report) {
  Json json;
  json.key("endpoint");
  write_endpoint(json, report.endpoint);
  json.key("verdict").value(to_string(report.verdict));
  json.key("evidence");
  write_evidence(json, report.evidence);
  json.key("allocations");
  write_array(json, report.allocations, write_allocation);
  json.key("holders");
  write_array(json, report.holders, write_holder);
  json.key("elsewhere");
  write_array(json, report.elsewhere, write_holder);
  json.key("blind_spots");
  write_blind_spots(json, report.blind_spots);
  json.key("advice");
  write_texts(json, report.advice);
  return json.take();
}

std::string sentence_of(const app::PortReport& report) {
  const auto& evidence = report.evidence;
  auto sentence = fmt::format("{} is ", to_string(report.endpoint));
  // "held by nginx" says the verdict already.
  const bool says_it = !evidence.empty() && evidence.front().what.starts_with(to_string(report.verdict));
  if (!says_it) sentence += to_string(report.verdict);
  if (report.verdict == Verdict::free) return sentence;
  constexpr std::size_t most = 3;
  for (const auto& one : evidence | std::views::take(most)) {
    const bool first = &one == &evidence.front();
    if (!first || !says_it) sentence += first ? ": " : ", ";
    sentence += escape(one.what);
  }
  if (evidence.size() > most) sentence += fmt::format(", and {} more", evidence.size() - most);
  return sentence;
}

std::string text_of(const app::PortReport& report, const Output& out) {
  auto text = fmt::format("{} is {}\n", to_string(report.endpoint),
                          out.paint(colour_of(report.verdict), to_string(report.verdict)));
  for (const auto& spot : report.blind_spots) add_line(text, "not seen", escape(spot.why));
  if (report.allocations.empty()) add_line(text, "registry", "nobody is registered for it");
  for (const auto& allocation : report.allocations) add_line(text, "registry", allocation_line(allocation));
  for (const auto& holder : report.holders) add_line(text, "holder", line_of(holder));
  for (const auto& holder : report.elsewhere) {
    add_line(text, "elsewhere", "in another network namespace, in nobody's way here: " + line_of(holder));
  }
  for (const auto& evidence : report.evidence) {
    // What neither the registry nor a holder's line has said yet.
    const bool is_rule = evidence.source == Source::kernel || evidence.source == Source::browser;
    const bool said = !is_rule && (evidence.source == Source::registry || !report.holders.empty());
    if (!said) add_line(text, is_rule ? "rule" : "evidence", escape(evidence.what));
  }
  for (const auto& advice : report.advice) add_line(text, "what now", advice);
  return text;
}

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::free:
      return Colour::green;
    case Verdict::held:
      return Colour::red;
    case Verdict::allocated:
    case Verdict::draining:
    case Verdict::unknown:
      return Colour::yellow;
  }
  return Colour::none;
}

}  // namespace berth::cli
