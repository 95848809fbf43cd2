#include <fmt/format.h>

#include <cstddef>
#include <string>

#include "app/register.h"
#include "cli/command.h"
#include "cli/decision.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/request.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

std::expected<std::vector<Request>, Error> requests_of(const Session& session, const Arguments& arguments) {
  const auto& words = arguments.words();
  if (const auto file = arguments.value("--batch")) {
    if (!words.empty()) {
      return std::unexpected(
          Error{ErrorCode::usage, fmt::format("--batch and {} do not go together", quote(words[0]))});
    }
    const auto text = read_input(*file);
    if (!text) return std::unexpected(text.error());
    // Requests, decisions, allocations, history.
    constexpr std::size_t memory_of_a_request = 800;
    session.make_room(memory_of_a_request * count_lines(*text));
    return parse_batch(*text);
  }
  if (words.size() < 2) {
    return std::unexpected(
        Error{ErrorCode::usage, "a service and a port are needed", usage_of(*find_command("register"))});
  }
  auto request = parse_request({words.begin(), words.end()});
  if (!request) return std::unexpected(request.error());
  return std::vector{std::move(*request)};
}

std::expected<void, Error> apply_options(const Arguments& arguments, std::vector<Request>& requests) {
  const auto within = within_of(arguments);
  if (!within) return std::unexpected(within.error());
  for (auto& request : requests) {
    request.within = *within;
    request.strict = arguments.has("--strict");
  }
  return {};
}

std::expected<std::vector<Decision>, Error> decide_or_plan(const app::Context& context,
                                                           std::span<const Request> requests, bool dry_run) {
  if (!dry_run) return app::register_services(context, requests);
  auto plan = app::plan_registration(context, requests);
  if (!plan) return std::unexpected(plan.error());
  return std::move(plan->decisions);
}

std::string json_of(const std::vector<Decision>& decisions, bool batch) {
  Json json;
  if (!batch) {
    write_decision_members(json, decisions.front());
    return json.take();
  }
  json.key("answers");
  write_array(json, decisions, [](Json& out, const Decision& decision) {
    out.begin_object();
    write_decision_members(out, decision);
    out.end_object();
  });
  return json.take();
}

}  // namespace

Result run_register(Session& session, const Arguments& arguments) {
  auto requests = requests_of(session, arguments);
  if (!requests) return std::unexpected(requests.error());
  if (auto applied = apply_options(arguments, *requests); !applied) return std::unexpected(applied.error());
  const bool dry_run = arguments.has("--dry-run");
  const bool batch = arguments.has("--batch");
  const auto decisions = decide_or_plan(session.context(), *requests, dry_run);
  if (!decisions) return std::unexpected(decisions.error());

  auto& out = session.out;
  const bool explain = arguments.has("--explain");
  for (const auto& decision : *decisions) tell(out, decision, explain);
  if (dry_run) out.note("dry run: nothing was recorded");
  if (out.json) {
    out.answer_line(json_of(*decisions, batch));
    return exit_done;
  }
  for (const auto& decision : *decisions) {
    if (batch) {
      out.answer(decision.allocation.service);
      out.answer(" ");
    }
    out.answer_line(to_string(decision.allocation.endpoint.ports));
  }
  return exit_done;
}

}  // namespace berth::cli
