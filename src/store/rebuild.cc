#include "store/rebuild.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <string>
#include <utility>

namespace berth::store {
namespace {

void put(Registry& registry, const std::string& service, const Shared<Allocation>& side) {
  if (side) {
    registry.put(*side);
  } else {
    registry.erase(service);
  }
}

bool has(const Registry& registry, const std::string& service, const Shared<Allocation>& side) {
  const auto* current = registry.find(service);
  return current == nullptr ? !side : side == *current;
}

Error no_revision(std::uint64_t revision, std::uint64_t latest) {
  return {ErrorCode::negative,
          "there is no revision " + std::to_string(revision) + ": the latest is " + std::to_string(latest),
          "berth history   lists them"};
}

// `missing` is the first, from the latest on back, of which the history has no line.
Error not_any_more(std::uint64_t revision, std::uint64_t missing) {
  return {ErrorCode::negative,
          "the history does not reach back to revision " + std::to_string(revision) + ": it has no revision " +
              std::to_string(missing),
          "berth history   lists what it has; revision " + std::to_string(missing) + " is the oldest to go back to"};
}

}  // namespace

std::expected<Past, Error> go_back(Registry latest, const std::vector<Commit>& commits, std::uint64_t revision) {
  if (revision > latest.revision) return std::unexpected(no_revision(revision, latest.revision));
  Past past{std::move(latest)};
  auto& registry = past.registry;
  std::set<std::string> edited;
  for (const auto& commit : std::views::reverse(commits)) {
    if (registry.revision == revision || commit.revision != registry.revision) break;
    for (const auto& record : std::views::reverse(commit.records)) {
      if (!has(registry, record.service(), record.after)) edited.insert(record.service());
      put(registry, record.service(), record.before);
    }
    --registry.revision;
  }
  if (registry.revision != revision) return std::unexpected(not_any_more(revision, registry.revision));
  past.edited.assign(edited.begin(), edited.end());
  return past;
}

Registry go_on(Registry older, const std::vector<Commit>& commits) {
  for (const auto& commit : commits) {
    if (commit.revision != older.revision + 1) continue;
    for (const auto& record : commit.records) put(older, record.service(), record.after);
    older.revision = commit.revision;
  }
  return older;
}

}  // namespace berth::store
