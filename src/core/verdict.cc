#include "core/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/attribution.h"

namespace berth {
namespace {

bool is_draining(const Holder& holder) { return holder.state == HolderState::draining; }

// What the machine alone says, the registry aside.
Verdict judge_machine(const std::vector<Holder>& holders, const Probe& probe) {
  const bool hidden_holder = std::ranges::any_of(holders, takes_without_socket);
  switch (probe.result) {
    case Probe::Result::bindable:
      return hidden_holder ? Verdict::held : Verdict::free;
    case Probe::Result::in_use:
      return !holders.empty() && std::ranges::all_of(holders, is_draining) ? Verdict::draining : Verdict::held;
    case Probe::Result::no_address:
    case Probe::Result::not_permitted:
      if (holders.empty()) return Verdict::unknown;
      return std::ranges::all_of(holders, is_draining) ? Verdict::draining : Verdict::held;
    case Probe::Result::failed:
      return hidden_holder ? Verdict::held : Verdict::unknown;
  }
  return Verdict::unknown;
}

int weight(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return 4;
    case Verdict::allocated:
      return 3;
    case Verdict::draining:
      return 2;
    case Verdict::unknown:
      return 1;
    case Verdict::free:
      return 0;
  }
  return 0;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::free:
      return "free";
    case Verdict::held:
      return "held";
    case Verdict::allocated:
      return "allocated";
    case Verdict::draining:
      return "draining";
    case Verdict::unknown:
      return "unknown";
  }
  return "";
}

Verdict heavier(Verdict left, Verdict right) { return weight(left) < weight(right) ? right : left; }

Judgement judge(const std::vector<const Allocation*>& allocations, const std::vector<Holder>& holders,
                const Probe& probe) {
  Judgement judgement{judge_machine(holders, probe), {}};
  for (const auto& holder : without_echoes(holders)) {
    if (judgement.verdict == Verdict::free && !takes_without_socket(holder)) continue;
    judgement.evidence.push_back({holder.source, "held by " + describe(holder)});
  }
  if (judgement.evidence.empty() && probe.result == Probe::Result::in_use) {
    judgement.evidence.push_back({Source::socket, "in use by something that cannot be seen"});
  }
  if (judgement.verdict == Verdict::unknown) judgement.evidence.push_back({Source::socket, probe.why});
  for (const auto* allocation : allocations) {
    judgement.evidence.push_back(
        {Source::registry, fmt::format("allocated to {} ({})", allocation->service, to_string(allocation->kind))});
  }
  if (!allocations.empty()) judgement.verdict = heavier(judgement.verdict, Verdict::allocated);
  return judgement;
}

}  // namespace berth
