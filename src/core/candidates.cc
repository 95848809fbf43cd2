#include "core/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/ownership.h"
#include "core/remarks.h"
#include "core/spec.h"

namespace berth {
namespace {

// A walk over thousands of taken ports must not fill the history: the first skips are kept one by one, further ones
// that adjoin are kept as one.
constexpr std::size_t single_skips = 8;
constexpr std::size_t evidence_of_a_run = 3;

void record(std::vector<Skip>& skipped, Skip skip) {
  const bool adjoins = skipped.size() > single_skips && skipped.back().verdict == skip.verdict &&
                       unsigned{skipped.back().ports.last} + 1 == skip.ports.first;
  if (!adjoins) {
    skipped.push_back(std::move(skip));
    return;
  }
  auto& run = skipped.back();
  run.ports.last = skip.ports.last;
  for (auto& evidence : skip.evidence) {
    if (run.evidence.size() < evidence_of_a_run) run.evidence.push_back(std::move(evidence));
  }
}

class Walker {
 public:
  Walker(const Walk& walk, const Occupied& occupied, const Sight& sight)
      : walk_(walk), occupied_(occupied), sight_(sight), kernel_(sight.kernel()) {}

  std::expected<Landing, Error> go() {
    const auto size = walk_.preferred.ports.size();
    unsigned first = std::max(walk_.preferred.ports.first, walk_.from);
    for (; first + size - 1 <= walk_.limit; first = unsigned{landing_.skipped.back().ports.last} + 1) {
      const PortRange ports{static_cast<Port>(first), static_cast<Port>(first + size - 1)};
      if (landing_.owner) landing_.owner = {};
      auto objection = this->objection(ports);
      if (!objection) return std::unexpected(objection.error());
      if (!*objection) {
        landing_.ports = ports;
        return std::move(landing_);
      }
      record(landing_.skipped, std::move(**objection));
    }
    return std::unexpected(exhausted());
  }

 private:
  using Objection = std::expected<std::optional<Skip>, Error>;

  // The first thing that speaks against `ports`.
  Objection objection(PortRange ports) {
    if (ports != walk_.preferred.ports) {
      if (auto excluded = excluded_by_rule(ports)) return excluded;
    }
    const auto endpoint = walk_.preferred.at(ports);
    if (const auto* other = occupied_.find(endpoint, walk_.service)) return allocated(*other, ports);
    for (unsigned port = ports.first; port <= ports.last; ++port) {
      auto taken = look_at(walk_.preferred.at(static_cast<Port>(port)));
      if (!taken || *taken) return taken;
    }
    return std::nullopt;
  }

  std::optional<Skip> excluded_by_rule(PortRange ports) const {
    const auto endpoint = walk_.preferred.at(ports);
    // Who asks for an ephemeral port is content with another one.
    auto remark = remark_on_ephemeral(walk_.preferred, kernel_) ? std::nullopt : remark_on_ephemeral(endpoint, kernel_);
    if (!remark) remark = remark_on_reserved(endpoint, kernel_);
    if (!remark) remark = remark_on_browsers(endpoint);
    if (!remark) return std::nullopt;
    return Skip{remark->ports, std::nullopt, {std::move(remark->evidence)}};
  }

  Skip allocated(const Allocation& other, PortRange wanted) const {
    const auto& taken = other.endpoint.ports;
    PortRange ports{std::max(taken.first, wanted.first), taken.last};
    // A long walk: what is skipped as one run is also looked up as one.
    if (landing_.skipped.size() > single_skips) {
      ports.last = occupied_.end_of_run(walk_.preferred.at(ports), walk_.service);
    }
    return {ports, Verdict::allocated, judge({&other}, {}, {}).evidence};
  }

  Objection look_at(const Endpoint& endpoint) {
    // Only where it was asked for may a service be found already: further up it is passed by.
    const auto itself = walk_.preferred.ports.contains(endpoint.ports) ? walk_.service : std::nullopt;
    auto clearance = clear(endpoint, itself, walk_.own, sight_);
    if (!clearance.obstacle) {
      if (clearance.owner) landing_.owner = std::move(clearance.owner);
      return std::nullopt;
    }
    const auto& [probe, holders] = *clearance.obstacle;
    auto judgement = judge({}, holders, probe);
    if (judgement.verdict != Verdict::unknown) {
      return Skip{endpoint.ports, judgement.verdict, std::move(judgement.evidence)};
    }
    if (probe.result == Probe::Result::failed) {
      return std::unexpected(Error{ErrorCode::unseen,
                                   fmt::format("cannot look at port {}: {}", to_string(endpoint), probe.why),
                                   "nothing was registered; run it where ports may be bound"});
    }
    // No such address yet, or one may not bind it: nothing speaks against the port, but nothing proves it either.
    if (landing_.warnings.empty()) landing_.warnings.push_back(probe.why);
    return std::nullopt;
  }

  Error exhausted() const {
    const auto first = walk_.preferred.ports.first;
    std::string message = fmt::format(
        "no {} left from {} to {}",
        walk_.preferred.ports.size() == 1 ? "port" : fmt::format("{} contiguous ports", walk_.preferred.ports.size()),
        first, walk_.limit);
    std::string hint;
    constexpr std::size_t shown = 5;
    for (const auto& skip : landing_.skipped) {
      if (!hint.empty()) hint.push_back('\n');
      if (&skip == &landing_.skipped.front() + shown) {
        hint.append(fmt::format("and {} more", landing_.skipped.size() - shown));
        break;
      }
      hint.append(describe(skip));
    }
    return {ErrorCode::exhausted, std::move(message), std::move(hint)};
  }

  const Walk& walk_;
  const Occupied& occupied_;
  const Sight& sight_;
  const KernelRanges& kernel_;
  Landing landing_;
};

}  // namespace

std::expected<Landing, Error> walk(const Walk& walk, const Occupied& occupied, const Sight& sight) {
  return Walker(walk, occupied, sight).go();
}

std::string describe(const Skip& skip) {
  std::string text = to_string(skip.ports) + ": ";
  for (const auto& evidence : skip.evidence) {
    if (&evidence != &skip.evidence.front()) text.append(", ");
    text.append(escape(evidence.what));
  }
  const auto more = skip.ports.size() > skip.evidence.size() && skip.verdict && skip.evidence.size() > 1;
  return more ? text + ", ..." : text;
}

}  // namespace berth
