#include <fmt/format.h>

#include "app/migrate.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/table.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

std::expected<std::vector<app::Running>, Error> running_of(const Arguments& arguments) {
  std::vector<app::Running> running;
  for (const auto text : arguments.values("--running")) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
      return std::unexpected(Error{ErrorCode::usage, fmt::format("invalid --running {}: there is no '='", quote(text)),
                                   "--running NAME=SPEC, such as --running gitea=3000"});
    }
    const auto endpoint = parse_endpoint(text.substr(equals + 1));
    if (!endpoint) return std::unexpected(endpoint.error());
    running.push_back({std::string(text.substr(0, equals)), *endpoint});
  }
  return running;
}

std::string json_of(const Plan& plan, bool applied) {
  Json json;
  json.key("applied").value(applied);
  json.key("plan");
  write_array(json, plan.changes, [](Json& out, const PlannedChange& change) {
    out.begin_object().key("change").value(to_string(change.what));
    out.key("service").text_or_null(change.allocation.service);
    out.key("endpoint");
    write_endpoint(out, change.allocation.endpoint);
    out.key("because").value(change.because);
    out.end_object();
  });
  return json.take();
}

Colour colour_of(PlannedChange::What what) {
  switch (what) {
    case PlannedChange::What::add:
      return Colour::green;
    case PlannedChange::What::conflict:
      return Colour::red;
    case PlannedChange::What::keep:
    case PlannedChange::What::skip:
      return Colour::dim;
  }
  return Colour::none;
}

std::string table_of(const Plan& plan, const Output& out, Stream stream) {
  Table table({"CHANGE", "SERVICE", "ENDPOINT", "BECAUSE"});
  for (const auto& change : plan.changes) {
    const auto& service = change.allocation.service;
    table << Table::Cell{std::string(to_string(change.what)), colour_of(change.what)}
          << Table::Cell{service.empty() ? "-" : escape(service), Colour::bold}
          << Table::Cell{to_string(change.allocation.endpoint)} << Table::Cell{escape(change.because)};
  }
  return table.render(out, stream);
}

// A plan alone is the answer; one that is going to be applied is shown before anybody is asked.
void show(const Plan& plan, Output& out, bool dry_run) {
  if (plan.changes.empty()) return;
  if (dry_run) {
    out.answer(table_of(plan, out, Stream::answer));
  } else {
    out.talk(table_of(plan, out, Stream::talk));
  }
}

// Whether to go ahead; an error where nobody can be asked.
std::expected<bool, Error> agreed(const Plan& plan, const Arguments& arguments) {
  if (!plan.adds() || arguments.has("--dry-run")) return false;
  if (arguments.has("--yes")) return true;
  if (!can_ask()) {
    return std::unexpected(Error{ErrorCode::usage, "there is no terminal to ask on, so nothing was changed",
                                 "berth migrate --yes applies the plan, --dry-run only prints it"});
  }
  return ask("apply this plan? [y/N] ");
}

}  // namespace

Result run_migrate(Session& session, const Arguments& arguments) {
  const auto running = running_of(arguments);
  if (!running) return std::unexpected(running.error());
  std::vector<std::unique_ptr<store::Store>> stores;
  std::vector<store::Store*> sources;
  for (const auto& path : arguments.words()) {
    if (auto readable = check_readable(path); !readable) return std::unexpected(std::move(readable).error());
  }
  for (const auto& path : arguments.words()) sources.push_back(stores.emplace_back(session.open_store(path)).get());

  const auto context = session.context();
  auto plan = app::plan_migration(context, {sources, *running});
  if (!plan) return std::unexpected(std::move(plan).error());
  auto& out = session.out;
  if (!out.json) show(*plan, out, arguments.has("--dry-run"));
  const auto go = agreed(*plan, arguments);
  if (!go) return std::unexpected(go.error());
  if (*go) {
    plan = app::apply_migration(context, *plan);
    if (!plan) return std::unexpected(std::move(plan).error());
  }
  if (out.json) out.answer_line(json_of(*plan, *go));
  const bool only_talk = !plan->adds() && !plan->has_conflicts();
  out.note(*go ? "taken over" : only_talk ? "there is nothing to take over" : "nothing was changed");
  return plan->has_conflicts() ? exit_no : exit_done;
}

}  // namespace berth::cli
