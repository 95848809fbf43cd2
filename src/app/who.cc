#include "app/who.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/register.h"
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
  Look(inspect::Machine& machine, const Registry& registry, const Census& census, Findings& findings)
      : machine_(machine), index_(census.holders), findings_(findings) {
    allocations_ = registry.overlapping(findings.endpoint);
    const bool complete = std::ranges::none_of(census.blind_spots, &BlindSpot::hides_holders);
    trust_census_ = complete && findings.endpoint.ports.size() > probe_all_up_to;
  }

  void judge_port(Port port) {
    const auto endpoint = findings_.endpoint.at(port);
    std::vector<const Allocation*> allocations;
    std::ranges::copy_if(allocations_, std::back_inserter(allocations),
                         [&](const auto* allocation) { return overlap(allocation->endpoint, endpoint); });
    const auto holders = index_.overlapping(endpoint);
    const auto probe = trust_census_ && holders.empty() ? Probe{} : machine_.probe(endpoint);
    auto judgement = judge(allocations, copies_of(holders), probe);
    findings_.verdict = heavier(findings_.verdict, judgement.verdict);
    for (auto& evidence : judgement.evidence) {
      auto& all = findings_.evidence;
      if (all.size() < most_evidence && std::ranges::find(all, evidence) == all.end())
        all.push_back(std::move(evidence));
    }
  }

 private:
  inspect::Machine& machine_;
  const HolderIndex index_;
  Findings& findings_;
  std::vector<const Allocation*> allocations_;
  bool trust_census_ = false;
};

std::optional<PortRange> next_available(const Context& context, const Endpoint& endpoint) {
  const auto next = next_ports(context, endpoint, std::nullopt, 1);
  if (!next || next->empty()) return std::nullopt;
  return next->front().allocation.endpoint.ports;
}

}  // namespace

std::expected<Findings, Error> look_at(const Context& context, const Endpoint& endpoint, bool named) {
  const auto registry = context.store.read();
  if (!registry) return std::unexpected(registry.error());
  auto census = context.machine.census({.about = endpoint, .owners = named});
  Findings findings{.endpoint = endpoint};
  for (const auto* allocation : registry->overlapping(endpoint)) findings.allocations.push_back(*allocation);
  Look look(context.machine, *registry, census, findings);
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    look.judge_port(static_cast<Port>(port));
  }
  if (named)
    std::ranges::move(remarks_on(endpoint, context.machine.kernel_ranges()), std::back_inserter(findings.evidence));
  findings.holders = std::move(census.holders);
  findings.blind_spots = std::move(census.blind_spots);
  if (named) {
    const bool is_taken = findings.verdict != Verdict::free && findings.verdict != Verdict::unknown;
    const auto next = is_taken ? next_available(context, endpoint) : std::nullopt;
    findings.advice = advise({endpoint, findings.verdict, findings.allocations, findings.holders, next});
  }
  return findings;
}

}  // namespace berth::app
