#include "app/explain.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <string>
#include <utility>

#include "app/lookup.h"

namespace berth::app {
namespace {

const store::Record* record_of(const store::Commit& commit, std::string_view service) {
  const auto found = std::ranges::find(commit.records, service, &store::Record::service);
  return found == commit.records.end() ? nullptr : &*found;
}

// The last commit that changed where the service is.
void find_origin(const std::vector<store::Commit>& commits, Explanation& explanation) {
  const auto& allocation = explanation.allocation;
  for (const auto& commit : std::views::reverse(commits)) {
    const auto* record = record_of(commit, allocation.service);
    if (record == nullptr) continue;
    if (!record->after || record->after->endpoint != allocation.endpoint) break;
    if (explanation.origin) explanation.later.push_back(*std::move(explanation.origin));
    explanation.origin = commit;
    explanation.record = *record;
    if (!record->before || record->before->endpoint != allocation.endpoint) break;
  }
  std::ranges::reverse(explanation.later);
}

}  // namespace

std::expected<Explanation, Error> explain_service(const Context& context, std::string_view service) {
  const std::array names{std::string(service)};
  auto listing = list_allocations(context, names);
  if (!listing) return std::unexpected(std::move(listing).error());
  Explanation explanation;
  explanation.allocation = *listing->rows.front().allocation;
  explanation.state = listing->rows.front().state;

  const auto commits = context.store.history(service);
  if (!commits) return std::unexpected(commits.error());
  find_origin(*commits, explanation);

  const auto& allocation = explanation.allocation;
  auto own = look_at(context, allocation.endpoint, Closeness::owners);
  if (!own) return std::unexpected(std::move(own).error());
  explanation.own = std::move(*own);
  if (allocation.preferred.value_or(allocation.endpoint.ports.first) != allocation.endpoint.ports.first) {
    const auto last = std::min(65535U, *allocation.preferred + allocation.endpoint.ports.size() - 1);
    auto preferred = look_at(context, allocation.endpoint.at(PortRange{*allocation.preferred, static_cast<Port>(last)}),
                             Closeness::owners);
    if (!preferred) return std::unexpected(std::move(preferred).error());
    explanation.preferred = std::move(*preferred);
  }
  return explanation;
}

}  // namespace berth::app
