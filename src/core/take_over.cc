#include "core/take_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <ranges>
#include <utility>

#include "core/naming.h"
#include "core/quote.h"
#include "core/same_party.h"
#include "core/spec.h"

namespace berth {
namespace {

using What = PlannedChange::What;

class Planner {
 public:
  Planner(Registry registry, const std::vector<Claim>& there, const Discovery& discovery, Reach reach,
          std::string_view now)
      : registry_(std::move(registry)), reach_(reach), now_(now) {
    std::vector<Claim> written;
    for (const auto& found : discovery.found) written.push_back(claim_of(found));
    claims_ = divided(there, written);
    first_written_ = claims_.size();
    for (const auto& claim : claims_) take_.found.push_back({found_of(claim), ""});
    for (const auto& found : discovery.found) take_.found.push_back({found, ""});
    std::ranges::move(written, std::back_inserter(claims_));
    settled_.resize(claims_.size());
    for (std::size_t index = 0; index < claims_.size(); ++index) joined_to_.push_back(index);
  }

  TakeOver plan() {
    for (std::size_t index = first_written_; index < claims_.size(); ++index) settle_written(index);
    if (reach_ == Reach::files) step_aside();
    // Of all of them, so that a name stays the same when a port is added to what was left out today.
    const Naming naming(claims_);
    take_over_all(true, naming);
    find_rivals();
    take_over_all(false, naming);
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      if (joined_to_[index] != index) take_.found[index].service = take_.found[root(index)].service;
    }
    for (std::size_t change = 0; change < about_.size(); ++change) {
      take_.plan.changes[change].party = naming.base(claims_[about_[change]].party);
    }
    return std::move(take_);
  }

 private:
  void take_over_all(bool is_there, const Naming& naming) {
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      if (!settled_[index] && claims_[index].is_there == is_there) take_over(index, naming);
    }
  }

  // What a claim is part of in the end.
  std::size_t root(std::size_t index) const {
    while (joined_to_[index] != index) index = joined_to_[index];
    return index;
  }

  void settle_with(std::size_t index, std::size_t whole) {
    settled_[index] = true;
    joined_to_[index] = root(whole);
  }

  static Found found_of(const Claim& claim) {
    return {.source = claim.source,
            .group = claim.party.group,
            .member = claim.party.member,
            .state = claim.is_there ? Found::State::running : Found::State::declared,
            .endpoint = claim.endpoint,
            .raw = claim.because,
            .owner = claim.owner};
  }

  void say(What what, std::size_t index, std::string because) {
    const auto& claim = claims_[index];
    Allocation allocation{.service = take_.found[index].service, .endpoint = claim.endpoint, .owner = claim.owner};
    const bool has_port = take_.found[index].found.endpoint.has_value();
    add_change({what, std::move(allocation), std::move(because), has_port}, index);
  }

  void add_change(PlannedChange change, std::size_t index) {
    take_.plan.changes.push_back(std::move(change));
    about_.push_back(index);
    settled_[index] = true;
  }

  void settle_written(std::size_t index) {
    const auto& found = take_.found[index].found;
    auto& written = claims_[index];
    if (found.state == Found::State::unresolved) return say(What::skip, index, why_unresolved(found));
    if (found.state == Found::State::ephemeral) {
      return say(What::skip, index, written.because + ": the machine chooses the port at each start");
    }
    for (std::size_t other = 0; other < first_written_; ++other) {
      auto& there = claims_[other];
      if (settled_[other] || !overlap(there.endpoint, written.endpoint) || !is_same_party(there, written)) continue;
      return join(other, index);
    }
    for (std::size_t other = index; other-- > first_written_;) {
      const bool is_again =
          !settled_[other] && claims_[other].endpoint == written.endpoint && claims_[other].party == written.party;
      if (is_again) return join(other, index);
    }
    for (std::size_t other = 0; other < first_written_; ++other) {
      if (!is_elsewhere(claims_[other], written)) continue;
      return say(What::skip, index,
                 fmt::format("{}; but it is running on {}: restart it, and run this again, to move it", written.because,
                             to_spec(claims_[other].endpoint)));
    }
  }

  static std::string why_unresolved(const Found& found) {
    std::string why = claim_of(found).because;
    if (!found.why.empty()) why.append(": ").append(found.why);
    for (const auto& variable : found.variables) {
      why.append(&variable == &found.variables.front() ? ": no value for " : ", ").append(variable);
    }
    return why;
  }

  // What the file says is about what is there, or says it again.
  void join(std::size_t there, std::size_t written) {
    auto& claim = claims_[there];
    const auto& said = claims_[written];
    if (said.endpoint.ports.contains(claim.endpoint.ports) && said.endpoint.protocol == claim.endpoint.protocol &&
        said.endpoint.ports != claim.endpoint.ports) {
      claim.endpoint.ports = said.endpoint.ports;  // a range of which one port was seen
    } else if (said.endpoint.ports != claim.endpoint.ports) {
      claim.because.append(fmt::format("; {} says {}", said.because, to_spec(said.endpoint)));
    }
    // A file knows the names of a project better than a process does, and a process better whether it is there.
    if (said.source == "compose") claim.party = said.party;
    if (!claim.target) claim.target = said.target;
    if (!claim.owner) claim.owner = said.owner;
    claim.seems_random = false;
    settle_with(written, there);
    absorb_rest(there, written);
  }

  // Further ports of a range that is one claim by now.
  void absorb_rest(std::size_t there, std::size_t written) {
    for (std::size_t other = 0; other < first_written_; ++other) {
      if (other == there || settled_[other] || claims_[other].is_there != claims_[there].is_there) continue;
      const auto& rest = claims_[other];
      const bool is_inside = claims_[there].endpoint.ports.contains(rest.endpoint.ports) &&
                             rest.endpoint.protocol == claims_[there].endpoint.protocol;
      if (!is_inside || !is_same_party(rest, claims_[written])) continue;
      settle_with(other, there);
    }
  }

  // What no file is about stays where it is, and keeps its port.
  void step_aside() {
    std::vector<bool> is_joined(first_written_);
    for (auto index = first_written_; index < claims_.size(); ++index) {
      if (root(index) < first_written_) is_joined[root(index)] = true;
    }
    for (std::size_t index = 0; index < first_written_; ++index) {
      if (settled_[index] || is_joined[index]) continue;
      settled_[index] = true;
      bystanders_.push_back(index);
    }
  }

  // Of two that are only written down, nobody can tell which is meant. Who has lost against what is there, or is
  // registered, is nobody's rival.
  void find_rivals() {
    std::vector<std::size_t> open;
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      const auto& endpoint = claims_[index].endpoint;
      if (!settled_[index] && registry_.overlapping(endpoint).empty() && bystander_on(endpoint) == nullptr) {
        open.push_back(index);
      }
    }
    std::vector<std::pair<std::size_t, std::size_t>> rivals;
    for (auto left = open.begin(); left != open.end(); ++left) {
      for (const auto right : std::ranges::subrange(std::next(left), open.end())) {
        if (settled_[*left] || settled_[right] || !overlap(claims_[*left].endpoint, claims_[right].endpoint)) continue;
        if (claims_[*left].party == claims_[right].party) {
          settle_with(right, *left);
        } else {
          rivals.emplace_back(*left, right);
        }
      }
    }
    for (const auto& [left, right] : rivals) {
      say_rival(left, right);
      say_rival(right, left);
    }
  }

  const Claim* bystander_on(const Endpoint& endpoint) const {
    const auto is_there = [&](std::size_t index) { return overlap(claims_[index].endpoint, endpoint); };
    const auto found = std::ranges::find_if(bystanders_, is_there);
    return found == bystanders_.end() ? nullptr : &claims_[*found];
  }

  void say_rival(std::size_t index, std::size_t other) {
    if (settled_[index]) return;
    say(What::conflict, index,
        fmt::format("{}; so does {}: give one of them another port in its file, or register the one that is meant",
                    claims_[index].because, claims_[other].because));
  }

  void take_over(std::size_t index, const Naming& naming) {
    const auto& claim = claims_[index];
    if (const auto others = registry_.overlapping(claim.endpoint); !others.empty())
      return compare(index, *others.front());
    if (const auto* bystander = bystander_on(claim.endpoint); bystander != nullptr && !claim.is_there) {
      return say(What::conflict, index, fmt::format("{}; but {}", claim.because, bystander->because));
    }
    if (claim.seems_random || service_word(claim.party.group).empty()) {
      if (claim.is_there) bystanders_.push_back(index);
      return say(What::skip, index,
                 fmt::format("{}{}; to take it over: --running NAME={}", claim.because,
                             claim.seems_random ? ", on a port that may be another one next time" : "",
                             to_spec(claim.endpoint)));
    }
    auto& service = take_.found[index].service;
    service = naming.name(claim, [this](std::string_view name) { return registry_.find(name) != nullptr; });
    Allocation allocation{.service = service,
                          .endpoint = claim.endpoint,
                          .kind = claim.is_there ? Kind::fixed : Kind::flexible,
                          .since = std::string(now_),
                          .owner = claim.owner};
    if (!claim.is_there) allocation.preferred = claim.endpoint.ports.first;
    registry_.put(allocation);
    known_.push_back({allocation.service, index});
    add_change({What::add, std::move(allocation), claim.because}, index);
  }

  // Somebody is registered for the port, before this plan or by it.
  void compare(std::size_t index, const Allocation& registered) {
    const auto& claim = claims_[index];
    const auto known = std::ranges::find(known_, registered.service, &Known::service);
    if (known != known_.end()) {
      const auto& other = claims_[known->index];
      if (claim.party == other.party) return settle_with(index, known->index);
      return say(What::conflict, index,
                 fmt::format("{}; but {}: give one of them another port", claim.because, other.because));
    }
    take_.found[index].service = registered.service;
    const auto* itself = elsewhere(claim, registered);
    if (itself != nullptr || is_somebody_else(claim, registered)) {
      return say(
          What::conflict, index,
          fmt::format("{}; but the port is allocated to {}{}: berth who {}", claim.because, escape(registered.service),
                      itself == nullptr ? "" : ", which is on " + to_spec(itself->endpoint), to_spec(claim.endpoint)));
    }
    known_.push_back({registered.service, index});
    say(What::keep, index, "registered already");
    take_.plan.changes.back().allocation.endpoint = registered.endpoint;
  }

  // Whoever is called as the service, where its owner is not recorded: he is there, but on another port.
  const Claim* elsewhere(const Claim& claim, const Allocation& registered) const {
    if (registered.owner || is_called_as(registered, claim.party)) return nullptr;
    const auto itself = std::ranges::find_if(
        claims_, [&](const Claim& other) { return other.is_there && is_called_as(registered, other.party); });
    return itself == claims_.end() ? nullptr : &*itself;
  }

  // A service of the registry, and who was found there first.
  struct Known {
    std::string service;
    std::size_t index;
  };

  Registry registry_;
  std::vector<Claim> claims_;  // those of what is there, then those of files; of each, what was found is at its index
  std::size_t first_written_ = 0;
  std::vector<bool> settled_;
  std::vector<std::size_t> joined_to_;  // itself, unless it became part of another
  std::vector<Known> known_;
  std::vector<std::size_t> bystanders_;
  Reach reach_;
  std::string_view now_;
  TakeOver take_;
  std::vector<std::size_t> about_;  // of each change, the claim
};

}  // namespace

TakeOver take_over(const Registry& registry, const std::vector<Claim>& there, const Discovery& discovery, Reach reach,
                   std::string_view now) {
  return Planner(registry, there, discovery, reach, now).plan();
}

}  // namespace berth
