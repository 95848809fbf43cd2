#include "cli/findings.h"

#include <fmt/format.h>

#include <ranges>

#include "cli/json.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

void add_line(std::string& text, std::string_view label, std::string_view line) {
  text += fmt::format("  {:<10} {}\n", label, line);
}

// How far a holder can be reached from.
std::string_view exposure(const Address& address) {
  if (address.is_loopback()) return "from this machine alone";
  if (!address.is_wildcard()) return "on one address";
  return address.is_v6only() ? "on every IPv6 address" : "on every address";
}

std::string holder_line(const Holder& holder) {
  auto line = fmt::format("{}: {}", to_string(holder.state), escape(describe(holder)));
  if (!holder.user.empty() && holder.pid) line += fmt::format(", user {}", escape(holder.user));
  if (!holder.exe.empty()) line += fmt::format(", {}", escape(holder.exe));
  if (holder.state == HolderState::listening || holder.state == HolderState::bound) {
    line += fmt::format("; reachable {}", exposure(holder.endpoint.address));
  }
  return line;
}

std::string allocation_line(const Allocation& allocation) {
  auto line = fmt::format("{} has {} ({}", escape(allocation.service), to_string(allocation.endpoint),
                          to_string(allocation.kind));
  if (!allocation.since.empty()) line += ", since " + escape(allocation.since);
  return line + ")";
}

}  // namespace

std::string json_of(const app::Findings& findings) {
  Json json;
  json.key("endpoint");
  write_endpoint(json, findings.endpoint);
  json.key("verdict").value(to_string(findings.verdict));
  json.key("evidence");
  write_evidence(json, findings.evidence);
  json.key("allocations");
  write_array(json, findings.allocations, write_allocation);
  json.key("holders");
  write_array(json, findings.holders, write_holder);
  json.key("blind_spots");
  write_blind_spots(json, findings.blind_spots);
  json.key("advice");
  write_texts(json, findings.advice);
  return json.take();
}

std::string sentence_of(const app::Findings& findings) {
  const auto& evidence = findings.evidence;
  auto sentence = fmt::format("{} is ", to_string(findings.endpoint));
  // "held by nginx" says the verdict already.
  const bool says_it = !evidence.empty() && evidence.front().what.starts_with(to_string(findings.verdict));
  if (!says_it) sentence += to_string(findings.verdict);
  if (findings.verdict == Verdict::free) return sentence;
  constexpr std::size_t most = 3;
  for (const auto& one : evidence | std::views::take(most)) {
    const bool first = &one == &evidence.front();
    if (!first || !says_it) sentence += first ? ": " : ", ";
    sentence += escape(one.what);
  }
  if (evidence.size() > most) sentence += fmt::format(", and {} more", evidence.size() - most);
  return sentence;
}

std::string text_of(const app::Findings& findings, const Output& out) {
  auto text = fmt::format("{} is {}\n", to_string(findings.endpoint),
                          out.paint(colour_of(findings.verdict), to_string(findings.verdict)));
  for (const auto& spot : findings.blind_spots) add_line(text, "not seen", escape(spot.why));
  if (findings.allocations.empty()) add_line(text, "registry", "nobody is registered for it");
  for (const auto& allocation : findings.allocations) add_line(text, "registry", allocation_line(allocation));
  for (const auto& holder : findings.holders) add_line(text, "holder", holder_line(holder));
  for (const auto& evidence : findings.evidence) {
    // What neither the registry nor a holder's line has said yet.
    const bool is_rule = evidence.source == Source::kernel || evidence.source == Source::browser;
    const bool said = !is_rule && (evidence.source == Source::registry || !findings.holders.empty());
    if (!said) add_line(text, is_rule ? "rule" : "evidence", escape(evidence.what));
  }
  for (const auto& advice : findings.advice) add_line(text, "what now", advice);
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
