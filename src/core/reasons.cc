#include "core/reasons.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/coverage.h"
#include "core/quote.h"
#include "core/spec.h"

namespace berth::reasons {

std::string unresolved(const Found& found) {
  std::string why = claim_of(found).because;
  if (!found.why.empty()) why.append(": ").append(found.why);
  for (const auto& variable : found.variables) {
    why.append(&variable == &found.variables.front() ? ": no value for " : ", ").append(variable);
  }
  return why;
}

std::string nameless(const Claim& claim) {
  const auto* chance = claim.seems_random ? ", on a port that may be another one next time" : "";
  return fmt::format("{}{}; to take it over: --running NAME={}", claim.because, chance, to_spec(claim.endpoint));
}

std::string running_elsewhere(const Claim& written, const Claim& there) {
  return fmt::format("{}; but it is running on {}: restart it, and run this again, to move it", written.because,
                     to_spec(there.endpoint));
}

std::string lost_to(const Claim& claim, const Claim& other) {
  return fmt::format("{}; but {}: give one of them another port", claim.because, other.because);
}

std::string rival_of(const Claim& claim, const Claim& other) {
  return fmt::format("{}; so does {}: give one of them another port in its file, or register the one that is meant",
                     claim.because, other.because);
}

std::string allocated(const Claim& claim, const Allocation& registered, const Claim* itself) {
  const auto port = covers(registered.endpoint, claim.endpoint) ? "the port" : to_string(registered.endpoint);
  return fmt::format("{}; but {} is allocated to {}{}: berth who {}", claim.because, port, escape(registered.service),
                     itself == nullptr ? "" : ", which is on " + to_spec(itself->endpoint),
                     to_spec(registered.endpoint));
}

std::string in_part(const Claim& claim, const std::vector<const Allocation*>& registered,
                    const std::vector<Endpoint>& missing) {
  std::string what;
  for (const auto* one : registered) {
    what.append(what.empty() ? "" : ", ").append(to_string(one->endpoint));
    if (registered.size() > 1) what.append(" as ").append(escape(one->service));
  }
  const auto text = fmt::format("{}; registered for {} alone: ", claim.because, what);
  const auto& first = *registered.front();
  const auto kind = to_string(claim.is_there ? Kind::fixed : first.kind);
  if (registered.size() == 1) {
    const auto all = to_spec(united(first.endpoint, claim.endpoint));
    return text + fmt::format("berth register {} {} {}", operand(first.service), all, kind);
  }
  const auto is_free = [&](const Endpoint& gap) {
    return std::ranges::none_of(registered, [&](const Allocation* one) { return overlap(one->endpoint, gap); });
  };
  if (!std::ranges::all_of(missing, is_free)) return text + "berth who " + to_spec(claim.endpoint);
  return text + fmt::format("berth register NAME {} {}", to_spec(missing.front()), kind);
}

}  // namespace berth::reasons
