#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "app/migrate.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/table.h"
#include "core/quote.h"
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

// A file that names a host's port has fixed it, as far as it goes.
std::string_view state_of(const Found& found) {
  const bool is_fixed = found.source == "compose" && found.state == Found::State::declared;
  return is_fixed ? "fixed" : to_string(found.state);
}

Json& line_or_null(Json& out, unsigned line) { return line == 0 ? out.null() : out.value(std::uint64_t{line}); }

void write_endpoint_or_nulls(Json& out, const std::optional<Endpoint>& endpoint) {
  if (endpoint) return write_endpoint_members(out, *endpoint);
  for (const auto* name : {"address", "port", "last", "protocol"}) out.key(name).null();
}

void write_found(Json& out, const NamedFinding& named) {
  const auto& found = named.found;
  out.begin_object().key("source").value(found.source);
  out.key("file").text_or_null(found.file);
  line_or_null(out.key("line"), found.line);
  out.key("service").text_or_null(named.service);
  write_endpoint_or_nulls(out, found.endpoint);
  out.key("state").value(state_of(found));
  out.key("raw").text_or_null(found.raw);
  out.key("variables");
  write_texts(out, found.variables);
  out.end_object();
}

// Of what is left alone, what it would be called by.
const std::string& name_of(const PlannedChange& change) {
  return change.allocation.service.empty() ? change.party : change.allocation.service;
}

std::string json_of(const app::Migration& migration, const std::vector<Problem>& problems, bool applied) {
  Json json;
  json.key("applied").value(applied);
  json.key("found");
  write_array(json, migration.found, write_found);
  json.key("plan");
  write_array(json, migration.plan.changes, [](Json& out, const PlannedChange& change) {
    out.begin_object().key("change").value(to_string(change.what));
    out.key("service").text_or_null(name_of(change));
    out.key("endpoint");
    if (change.has_port) {
      write_endpoint(out, change.allocation.endpoint);
    } else {
      out.null();
    }
    out.key("because").value(change.because);
    out.end_object();
  });
  json.key("problems");
  write_array(json, problems, [](Json& out, const Problem& problem) {
    out.begin_object().key("file").value(problem.file);
    line_or_null(out.key("line"), problem.line);
    out.key("message").value(problem.message);
    out.end_object();
  });
  json.key("blind_spots");
  write_blind_spots(json, migration.blind_spots);
  return json.take();
}

Colour colour_of(const PlannedChange& change) {
  if (change.match == PlannedChange::Match::part) return Colour::yellow;
  switch (change.what) {
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

// What the operator must see first comes first.
unsigned rank_of(const PlannedChange& change) {
  switch (change.what) {
    case PlannedChange::What::conflict:
      return 0;
    case PlannedChange::What::add:
      return 1;
    case PlannedChange::What::skip:
      return 3;
    case PlannedChange::What::keep:
      break;
  }
  switch (change.match) {
    case PlannedChange::Match::part:
      return 2;
    case PlannedChange::Match::whole:
      return 4;
    case PlannedChange::Match::none:
      return 5;
  }
  return 0;
}

std::string table_of(const Plan& plan, const Output& out, Stream stream) {
  auto changes = plan.changes;
  std::ranges::stable_sort(changes, {}, [](const PlannedChange& change) {
    return std::tuple(rank_of(change), std::string_view(name_of(change)), change.allocation.endpoint.ports);
  });
  Table table({"CHANGE", "SERVICE", "ENDPOINT", "BECAUSE"});
  for (const auto& change : changes) {
    const auto& service = name_of(change);
    const bool is_settled = !change.allocation.service.empty();
    table << Table::Cell{to_string(change.what), colour_of(change)}
          << Table::Cell{service.empty() ? "-" : escape(service), is_settled ? Colour::bold : Colour::none}
          << Table::Cell{change.has_port ? to_string(change.allocation.endpoint) : "-"}
          << Table::Cell{escape(change.because)};
  }
  return table.render(out, stream);
}

// "13 to add, 2 conflicts left to you, 1 skipped"
std::string sum_of(const Plan& plan) {
  using enum PlannedChange::What;
  using enum PlannedChange::Match;
  std::string sum;
  const auto count = [&](PlannedChange::What what, PlannedChange::Match match, std::string_view one,
                         std::string_view many) {
    const auto number = std::ranges::count_if(plan.changes, [&](const PlannedChange& change) {
      return change.what == what && (what != keep || change.match == match);
    });
    if (number > 0) sum.append(fmt::format("{}{} {}", sum.empty() ? "" : ", ", number, number == 1 ? one : many));
  };
  count(add, whole, "to add", "to add");
  count(conflict, whole, "conflict left to you", "conflicts left to you");
  count(keep, part, "registered only in part", "registered only in part");
  count(skip, whole, "skipped", "skipped");
  count(keep, whole, "registered already", "registered already");
  count(keep, none, "registered, but not found here", "registered, but not found here");
  return sum;
}

void tell(Output& out, const app::Migration& migration, const std::vector<Problem>& problems) {
  for (const auto& spot : migration.blind_spots) out.warn("not seen: " + escape(spot.why));
  constexpr std::size_t shown = 20;
  for (const auto& problem : std::span(problems).first(std::min(problems.size(), shown))) {
    const auto place = problem.line == 0 ? problem.file : fmt::format("{}:{}", problem.file, problem.line);
    out.warn(escape(place + ": " + problem.message));
  }
  if (problems.size() > shown) {
    out.warn(fmt::format("and {} more; --json has them all", problems.size() - shown));
  }
}

// A plan alone is the answer; one that is going to be applied is shown before anybody is asked.
void show(const Plan& plan, Output& out, bool dry_run) {
  if (plan.changes.empty()) return;
  if (dry_run) {
    out.answer(table_of(plan, out, Stream::answer));
    // Before the sum, if both go to one place.
    [[maybe_unused]] const auto flushed = out.flush();  // it is said at the end, too
  } else {
    out.talk(table_of(plan, out, Stream::talk));
  }
  out.note(sum_of(plan));
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

// On a terminal: how far a long search has come.
class Progress {
 public:
  explicit Progress(Output& out) : out_(out), is_shown_(!out.json && !out.quiet && can_ask()) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (last_ > 0) out_.talk("\r\x1b[K");
  }

  void operator()(std::size_t directories) {
    constexpr std::size_t step = 1000;
    if (!is_shown_ || directories < last_ + step) return;
    last_ = directories;
    out_.talk(fmt::format("\rlooked into {} directories", directories));
  }

 private:
  Output& out_;
  bool is_shown_;
  std::size_t last_ = 0;
};

std::expected<Discovery, Error> search(Session& session, const Arguments& arguments, bool whole_machine) {
  std::vector<std::string> paths;
  const auto root = arguments.value("--root");
  if (root) {
    if (auto readable = check_directory(std::string(*root)); !readable) return std::unexpected(readable.error());
  }
  for (const auto& path : arguments.words()) {
    if (root) {
      // As it is called there; whether it is there, the search finds out.
      paths.emplace_back(path);
      continue;
    }
    if (auto readable = check_readable(path); !readable) return std::unexpected(std::move(readable).error());
    paths.push_back(absolute(path));
  }
  if (paths.empty() && !whole_machine) return Discovery{};
  Progress progress(session.out);
  auto found = session.search(std::move(paths), [&](std::size_t directories) { progress(directories); });
  const auto own = absolute(session.registry());
  std::erase_if(found.registries, [&](const std::string& path) { return absolute(path) == own; });
  return found;
}

// One that the operator has named must be readable; one that was found by the way is a problem like any other.
std::vector<std::unique_ptr<store::Store>> open_registries(const Session& session, const Arguments& arguments,
                                                           Discovery& discovery) {
  std::vector<std::unique_ptr<store::Store>> stores;
  for (const auto& path : discovery.registries) {
    auto store = session.open_store(path);
    const auto is_path = [&](std::string_view word) { return absolute(std::string(word)) == path; };
    if (std::ranges::none_of(arguments.words(), is_path)) {
      if (const auto read = store->read(); !read) {
        // The path stands before the message.
        auto message = read.error().message;
        const auto subject = "the registry " + quote(path) + " ";
        if (message.starts_with(subject)) message.erase(0, subject.size());
        discovery.problems.push_back({path, 0, std::move(message)});
        continue;
      }
    }
    stores.push_back(std::move(store));
  }
  return stores;
}

}  // namespace

Result run_migrate(Session& session, const Arguments& arguments) {
  const auto running = running_of(arguments);
  if (!running) return std::unexpected(running.error());
  const bool whole_machine = arguments.words().empty() && running->empty();
  auto discovery = search(session, arguments, whole_machine);
  if (!discovery) return std::unexpected(discovery.error());
  const auto stores = open_registries(session, arguments, *discovery);
  std::vector<store::Store*> sources;
  sources.reserve(stores.size());
  for (const auto& store : stores) sources.push_back(store.get());

  const auto context = session.context();
  auto migration = app::plan_migration(context, {sources, *running, &*discovery, whole_machine});
  if (!migration) return std::unexpected(std::move(migration).error());
  auto& plan = migration->plan;
  auto& out = session.out;
  if (!out.json) {
    show(plan, out, arguments.has("--dry-run"));
    tell(out, *migration, discovery->problems);
  }
  const auto go = agreed(plan, arguments);
  if (!go) return std::unexpected(go.error());
  if (*go) {
    auto applied = app::apply_migration(context, plan);
    if (!applied) return std::unexpected(std::move(applied).error());
    // Others may have been faster: then what was to be added are conflicts now.
    const bool is_as_planned = applied->has_conflicts() == plan.has_conflicts() && applied->adds();
    plan = *std::move(applied);
    if (!is_as_planned && !out.json) show(plan, out, false);
  }
  const bool is_applied = *go && plan.adds();
  if (out.json) out.answer_line(json_of(*migration, discovery->problems, is_applied));
  if (is_applied) {
    out.note("taken over");
  } else if (!plan.adds() && !plan.has_conflicts()) {
    out.note("there is nothing to take over");
  } else if (!arguments.has("--dry-run")) {
    out.note("nothing was changed");
  }
  return plan.has_conflicts() ? exit_no : exit_done;
}

}  // namespace berth::cli
