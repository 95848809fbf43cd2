#include "app/restore.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "core/quote.h"

namespace berth::app {
namespace {

using Goal = RestoreRequest::Goal;

struct Ends {
  store::LastKnown latest;
  store::Past goal;
};

std::expected<store::LastKnown, Error> read_latest(const Context& context, const RestoreRequest& request) {
  if (request.goal != Goal::before_last) return context.store.last_known();
  auto registry = context.store.read();
  if (!registry) return std::unexpected(std::move(registry).error());
  return store::LastKnown{*std::move(registry)};
}

std::expected<store::Past, Error> read_goal(const Context& context, const RestoreRequest& request,
                                            std::uint64_t latest) {
  if (request.goal == Goal::revision) return context.store.at(request.revision);
  if (request.goal == Goal::before_last) {
    if (latest == 0) return std::unexpected(Error{ErrorCode::negative, "there is no commit to take back"});
    return context.store.at(latest - 1);
  }
  auto registry = context.store.previous();
  if (!registry) return std::unexpected(std::move(registry).error());
  return store::Past{*std::move(registry)};
}

// Looks at the machine the first time that it matters: before the lock.
class RestorePlanner {
 public:
  RestorePlanner(const Context& context, const RestoreRequest& request) : context_(context), request_(request) {}

  std::expected<Ends, Error> ends() const {
    auto latest = read_latest(context_, request_);
    if (!latest) return std::unexpected(std::move(latest).error());
    auto goal = read_goal(context_, request_, latest->registry.revision);
    if (!goal) return std::unexpected(std::move(goal).error());
    return Ends{*std::move(latest), *std::move(goal)};
  }

  std::expected<Restored, Error> plan(const Ends& ends) {
    const auto& latest = ends.latest.registry;
    const auto& goal = ends.goal.registry;
    if (!census_ && gives_ports(latest, goal)) {
      census_ = context_.machine.census({.owners = true, .sources = inspect::Sources::all});
    }
    auto restoration = plan_restoration(latest, goal, census_.value_or(Census{}), request_.strict);
    if (!restoration) return std::unexpected(std::move(restoration).error());
    for (const auto& service : ends.goal.edited) {
      restoration->warnings.push_back(fmt::format(
          "{} was changed in the file itself since revision {}: that is undone too", escape(service), goal.revision));
    }
    return Restored{*std::move(restoration), goal.revision, latest.revision, ends.latest.is_rebuilt};
  }

 private:
  const Context& context_;
  const RestoreRequest& request_;
  std::optional<Census> census_;
};

store::Change change_to(Registry goal, const Restoration& restoration) {
  store::Change change{std::move(goal), {}};
  for (const auto& [service, before, after] : restoration.changes) change.records.push_back({before, after});
  return change;
}

}  // namespace

std::expected<Restored, Error> plan_restore(const Context& context, const RestoreRequest& request) {
  RestorePlanner planner(context, request);
  const auto ends = planner.ends();
  if (!ends) return std::unexpected(ends.error());
  return planner.plan(*ends);
}

std::expected<Restored, Error> restore(const Context& context, const RestoreRequest& request) {
  RestorePlanner planner(context, request);
  const auto seen = planner.ends();
  if (!seen) return std::unexpected(seen.error());
  auto restored = planner.plan(*seen);
  if (!restored) return restored;
  const auto mutate = [&](const Registry&) -> std::expected<std::optional<store::Change>, Error> {
    // Under the lock it is the same still, or what another writer has made of it meanwhile.
    auto ends = planner.ends();
    if (!ends) return std::unexpected(std::move(ends).error());
    restored = planner.plan(*ends);
    if (!restored) return std::unexpected(restored.error());
    const bool is_same = ends->goal.registry.unknown == ends->latest.registry.unknown;
    if (restored->restoration.changes.empty() && is_same && !restored->was_lost) return std::nullopt;
    return change_to(std::move(ends->goal.registry), restored->restoration);
  };
  const auto revision = request.goal == Goal::before_last ? context.store.update(context.author(), mutate)
                                                          : context.store.recover(context.author(), mutate);
  if (!revision) return std::unexpected(revision.error());
  restored->latest = *revision;
  return restored;
}

}  // namespace berth::app
