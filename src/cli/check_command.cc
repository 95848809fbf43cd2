#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

using app::CheckReport;

std::string json_of(const CheckReport& report) {
  Json json;
  json.key("findings");
  write_array(json, report.findings, [](Json& out, const Finding& finding) {
    out.begin_object();
    out.key("id").value(finding.id);
    out.key("severity").value(to_string(finding.severity));
    out.key("service").text_or_null(finding.service);
    out.key("endpoint");
    write_endpoint(out, finding.endpoint);
    out.key("message").value(finding.message);
    out.key("advice");
    write_texts(out, finding.advice);
    out.end_object();
  });
  json.key("blind_spots");
  write_blind_spots(json, report.blind_spots);
  return json.take();
}

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::conflict:
      return Colour::red;
    case Severity::drift:
      return Colour::yellow;
    case Severity::risk:
      return Colour::dim;
  }
  return Colour::none;
}

// "2 conflicts"
std::string count_of(std::ptrdiff_t count, std::string_view what) {
  const bool plural = count != 1 && !what.ends_with("drift");
  return fmt::format("{} {}{}", count, what, plural ? "s" : "");
}

std::ptrdiff_t number_of(const CheckReport& report, Severity severity) {
  return std::ranges::count(report.findings, severity, &Finding::severity);
}

std::string group_of(const CheckReport& report, Severity severity, const Output& out) {
  const auto count = number_of(report, severity);
  if (count == 0) return {};
  auto text = out.paint(colour_of(severity), count_of(count, to_string(severity))) + "\n";
  for (const auto& finding : report.findings) {
    if (finding.severity != severity) continue;
    text += fmt::format("  {}\n", finding.message);
    for (const auto& advice : finding.advice) text += fmt::format("    {}\n", advice);
    text += fmt::format("    {}\n", out.paint(Colour::dim, finding.id));
  }
  return text;
}

std::string text_of(const CheckReport& report, const Output& out) {
  std::string text;
  // What could not be seen decides how much the rest is worth.
  for (const auto& spot : report.blind_spots) text += fmt::format("not seen: {}\n", escape(spot.why));
  for (const auto severity : {Severity::conflict, Severity::drift, Severity::risk}) {
    text += group_of(report, severity, out);
  }
  const auto holders = count_of(static_cast<std::ptrdiff_t>(report.holders), "holder");
  const auto allocations = count_of(static_cast<std::ptrdiff_t>(report.allocations), "allocation");
  text += fmt::format("{}{} and {} of ports looked at\n", report.findings.empty() ? "all is well: " : "", allocations,
                      holders);
  return text;
}

// Columns that do not change: severity, id, service, address, port, last, protocol, message.
std::string plain_of(const CheckReport& report) {
  std::string text;
  for (const auto& finding : report.findings) {
    const auto& endpoint = finding.endpoint;
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", to_string(finding.severity), finding.id,
                        escape(finding.service), endpoint.address.to_string(), endpoint.ports.first,
                        endpoint.ports.last, to_string(endpoint.protocol), finding.message);
  }
  return text;
}

}  // namespace

Result run_check(Session& session, const Arguments& arguments) {
  const auto report = app::check_server(session.context(), arguments.has("--all"));
  if (!report) return std::unexpected(report.error());
  auto& out = session.out;
  if (out.json) {
    out.answer_line(json_of(*report));
  } else if (out.plain) {
    for (const auto& spot : report->blind_spots) out.note(fmt::format("not seen: {}", escape(spot.why)));
    out.answer(plain_of(*report));
  } else {
    out.answer(text_of(*report, out));
  }
  const bool is_wrong = number_of(*report, Severity::conflict) + number_of(*report, Severity::drift) > 0;
  return is_wrong ? exit_no : exit_done;
}

}  // namespace berth::cli
