#include "app/check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/conflict.h"

namespace berth::app {

std::expected<CheckReport, Error> check_server(const Context& context, bool all) {
  const auto registry = context.store.read();
  if (!registry) return std::unexpected(registry.error());
  auto census = context.machine.census(
      {.listeners_only = !has_contests(*registry), .owners = true, .sources = inspect::Sources::all});
  CheckReport report{check_up(*registry, census, context.machine.kernel_ranges()), std::move(census.blind_spots),
                     registry->allocations().size(), census.holders.size()};
  if (all) std::ranges::move(unregistered_listeners(*registry, census), std::back_inserter(report.findings));
  return report;
}

}  // namespace berth::app
