#include "app/who.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/looking_glass.h"
#include "core/advice.h"
#include "core/holder_index.h"
#include "core/remarks.h"

namespace berth::app {
namespace {

// A range of so many ports is not probed where nothing was seen.
constexpr unsigned probe_all_up_to = 8;
// Evidence on thousands of ports helps nobody.
constexpr std::size_t most_evidence = 100;

class Look {
 public:
  Look(inspect::Machine& machine, const Registry& registry, const Census& census, PortReport& report)
      : machine_(machine), index_(census.holders), report_(report) {
    allocations_ = registry.overlapping(report.endpoint);
    const bool complete = std::ranges::none_of(census.blind_spots, &BlindSpot::hides_holders);
    trust_census_ = complete && report.endpoint.ports.size() > probe_all_up_to;
  }

  void judge_port(Port port) {
    const auto endpoint = report_.endpoint.at(port);
    std::vector<const Allocation*> allocations;
    std::ranges::copy_if(allocations_, std::back_inserter(allocations),
                         [&](const auto* allocation) { return overlap(allocation->endpoint, endpoint); });
    const auto holders = index_.overlapping(endpoint);
    const auto probe = trust_census_ && holders.empty() ? Probe{} : machine_.probe(endpoint);
    auto judgement = judge(allocations, copies_of(holders), probe);
    report_.verdict = heavier(report_.verdict, judgement.verdict);
    for (auto& evidence : judgement.evidence) {
      auto& all = report_.evidence;
      if (all.size() < most_evidence && std::ranges::find(all, evidence) == all.end())
        all.push_back(std::move(evidence));
    }
  }

 private:
  inspect::Machine& machine_;
  const HolderIndex index_;
  PortReport& report_;
  std::vector<const Allocation*> allocations_;
  bool trust_census_ = false;
};

std::optional<PortRange> next_available(const Context& context, const Registry& registry, const Endpoint& endpoint) {
  LookingGlass glass(context.machine);
  glass.hurry();
  const auto next = choose_next(registry, endpoint, std::nullopt, 1, glass.sight());
  if (!next || next->empty()) return std::nullopt;
  return next->front().allocation.endpoint.ports;
}

}  // namespace

std::expected<PortReport, Error> look_at(const Context& context, const Endpoint& endpoint, Closeness closeness) {
  const auto registry = context.store.read();
  if (!registry) return std::unexpected(registry.error());
  const bool named = closeness != Closeness::verdict;
  auto census = context.machine.census({.about = endpoint,
                                        .owners = named,
                                        .sources = inspect::Sources::all,
                                        .thorough = closeness == Closeness::everything});
  PortReport report{.endpoint = endpoint};
  for (const auto* allocation : registry->overlapping(endpoint)) report.allocations.push_back(*allocation);
  Look look(context.machine, *registry, census, report);
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    look.judge_port(static_cast<Port>(port));
  }
  if (named)
    std::ranges::move(remarks_on(endpoint, context.machine.kernel_ranges()), std::back_inserter(report.evidence));
  report.holders = std::move(census.holders);
  report.elsewhere = std::move(census.elsewhere);
  report.blind_spots = std::move(census.blind_spots);
  if (named) {
    const bool is_taken = report.verdict != Verdict::free && report.verdict != Verdict::unknown;
    const auto next = is_taken ? next_available(context, *registry, endpoint) : std::nullopt;
    report.advice = advise({endpoint, report.verdict, report.allocations, report.holders, next});
  }
  return report;
}

}  // namespace berth::app
