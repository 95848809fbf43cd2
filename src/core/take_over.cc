#include "core/take_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include "core/coverage.h"
#include "core/growing_registry.h"
#include "core/naming.h"
#include "core/port_index.h"
#include "core/reasons.h"
#include "core/same_party.h"

namespace berth {
namespace {

using What = PlannedChange::What;

class Planner {
 public:
  Planner(Registry registry, const std::vector<Claim>& there, const Discovery& discovery, Reach reach,
          std::string_view now)
      : registry_(std::move(registry)), reach_(reach), now_(now) {
    std::vector<Claim> written;
    written.reserve(discovery.found.size());
    for (const auto& found : discovery.found) {
      written.push_back(claim_of(found));
      if (found.source == "compose") written.back().place = written.size();
    }
    claims_ = divided(there, written);
    first_written_ = claims_.size();
    for (auto& claim : claims_) {
      // The registry cannot say that it is not of IPv4, too; so it is not given beside who has that.
      if (claim.endpoint.address.is_v6only()) claim.endpoint.address = Address::ipv6({}, false);
    }
    for (const auto& claim : claims_) take_.found.push_back({found_of(claim), ""});
    for (const auto& found : discovery.found) take_.found.push_back({found, ""});
    std::ranges::move(written, std::back_inserter(claims_));
    settled_.resize(claims_.size());
    for (std::size_t index = 0; index < claims_.size(); ++index) joined_to_.push_back(index);
    for (std::size_t index = 0; index < claims_.size(); ++index) by_port_.add(claims_[index].endpoint.ports, index);
    for (std::size_t index = 0; index < first_written_; ++index) there_of_.emplace(words_of(claims_[index]), index);
    for (const auto& [service, allocation] : registry_.registry().allocations()) registered_.push_back(&allocation);
  }

  TakeOver plan() {
    for (std::size_t index = first_written_; index < claims_.size(); ++index) settle_written(index);
    if (reach_ == Reach::files) step_aside();
    find_who_is_there();
    // Of all of them, so that a name stays the same when a port is added to what was left out today.
    const Naming naming(claims_, [this](std::size_t index) { return is_to_be_named(index); });
    take_over_all(true, naming);
    join_own();
    // Only now: who has lost against what is there is nobody's rival.
    find_rivals();
    take_over_all(false, naming);
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      if (joined_to_[index] != index) take_.found[index].service = take_.found[root(index)].service;
    }
    for (std::size_t change = 0; change < about_.size(); ++change) {
      take_.plan.changes[change].party = naming.base(claims_[about_[change]].party);
    }
    if (reach_ == Reach::everything) tell_of_the_rest();
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

  void say(What what, std::size_t index, std::string because) {
    const auto& claim = claims_[index];
    if (claim.is_there) add_bystander(index);
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
    if (found.state == Found::State::unresolved) {
      if (seen_elsewhere(index)) written.place.reset();
      return say(What::skip, index, reasons::unresolved(found));
    }
    if (found.state == Found::State::ephemeral) {
      return say(What::skip, index, written.because + ": the machine chooses the port at each start");
    }
    const auto others = by_port_.near(written.endpoint.ports);
    for (const auto other : others) {
      const auto& there = claims_[other];
      if (other >= first_written_ || settled_[other] || !overlap(there.endpoint, written.endpoint) ||
          !is_same_party(there, written))
        continue;
      return join(other, index);
    }
    for (const auto other : others | std::views::reverse) {
      const bool is_again = first_written_ <= other && other < index && !settled_[other] &&
                            claims_[other].endpoint == written.endpoint && claims_[other].party == written.party;
      if (is_again) return join(other, index);
    }
    if (const auto other = seen_elsewhere(index)) {
      return say(What::skip, index, reasons::running_elsewhere(written, claims_[*other]));
    }
  }

  // Where a container is that its file has another port for, or one that is not known.
  std::optional<std::size_t> seen_elsewhere(std::size_t written) {
    const auto [begin, end] = there_of_.equal_range(words_of(claims_[written]));
    for (auto entry = begin; entry != end; ++entry) {
      auto& there = claims_[entry->second];
      if (!is_elsewhere(there, claims_[written])) continue;
      if (!there.place) there.place = claims_[written].place;
      return entry->second;
    }
    return std::nullopt;
  }

  static std::pair<std::string, std::string> words_of(const Claim& claim) {
    return {claim.party.group, claim.party.member};
  }

  // What the file says is about what is there, or says it again.
  void join(std::size_t there, std::size_t written) {
    auto& claim = claims_[there];
    const auto& said = claims_[written];
    if (said.endpoint.ports.contains(claim.endpoint.ports) && said.endpoint.protocol == claim.endpoint.protocol &&
        said.endpoint.ports != claim.endpoint.ports) {
      claim.endpoint.ports = said.endpoint.ports;  // a range of which one port was seen
      by_port_.add(claim.endpoint.ports, there);
    } else if (said.endpoint.ports != claim.endpoint.ports) {
      claim.because.append(fmt::format("; {} says {}", said.because, to_spec(said.endpoint)));
    }
    // A file knows the names of a project better than a process does, and a process better whether it is there.
    if (said.source == "compose" && claim.party != said.party) {
      claim.party = said.party;
      there_of_.emplace(words_of(claim), there);
    }
    if (said.place) claim.place = claim.place ? std::min(claim.place, said.place) : said.place;
    if (!claim.target) claim.target = said.target;
    if (!claim.owner) claim.owner = said.owner;
    claim.seems_random = false;
    settle_with(written, there);
    absorb_rest(there, written);
  }

  // Further ports of a range that is one claim by now.
  void absorb_rest(std::size_t there, std::size_t written) {
    for (const auto other : by_port_.near(claims_[there].endpoint.ports)) {
      if (other >= first_written_ || other == there || settled_[other] ||
          claims_[other].is_there != claims_[there].is_there)
        continue;
      const auto& rest = claims_[other];
      const auto& all = claims_[there].endpoint;
      const bool is_inside = all.ports.contains(rest.endpoint.ports) && all.protocol == rest.endpoint.protocol &&
                             (all.address == rest.endpoint.address || all.address == Address{});
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
      add_bystander(index);
    }
  }

  // What one party writes several times, and not quite the same, is one claim for all of it.
  void join_own() {
    for (std::size_t left = 0; left < claims_.size(); ++left) {
      while (is_open(left) && joined_another(left)) continue;
    }
  }

  // Whether the claim is wider now, so that it may reach those that were passed by.
  bool joined_another(std::size_t left) {
    auto& endpoint = claims_[left].endpoint;
    for (const auto right : by_port_.near(endpoint.ports)) {
      const bool is_own = right > left && is_open(right) && claims_[left].party == claims_[right].party;
      if (!is_own || !overlap(endpoint, claims_[right].endpoint)) continue;
      settle_with(right, left);
      const auto all = united(endpoint, claims_[right].endpoint);
      if (all == endpoint) continue;
      endpoint = all;
      by_port_.add(endpoint.ports, left);
      return true;
    }
    return false;
  }

  bool is_open(std::size_t index) const { return !settled_[index] && !claims_[index].is_there; }

  // Of two that are only written down, nobody can tell which is meant.
  void find_rivals() {
    std::vector<bool> is_candidate(claims_.size());
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      const auto& endpoint = claims_[index].endpoint;
      is_candidate[index] =
          is_open(index) && registry_.overlapping(endpoint).empty() && bystander_on(endpoint) == nullptr;
    }
    std::map<std::size_t, std::size_t> rivals;  // of each, one is enough
    for (std::size_t left = 0; left < claims_.size(); ++left) {
      if (!is_candidate[left]) continue;
      for (const auto right : by_port_.near(claims_[left].endpoint.ports)) {
        const bool is_rival =
            right != left && is_candidate[right] && overlap(claims_[left].endpoint, claims_[right].endpoint);
        if (is_rival && rivals.try_emplace(left, right).second) break;
      }
    }
    for (const auto& [index, other] : rivals) {
      if (!settled_[index]) say(What::conflict, index, reasons::rival_of(claims_[index], claims_[other]));
    }
  }

  void take_over(std::size_t index, const Naming& naming) {
    const auto& claim = claims_[index];
    if (const auto all = registry_.overlapping(claim.endpoint); !all.empty()) return compare(index, all);
    if (const auto* other = bystander_on(claim.endpoint)) return lose_to(*other, index);
    if (claim.seems_random || service_word(claim.party.group).empty()) {
      return say(What::skip, index, reasons::nameless(claim));
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
    known_.emplace(allocation.service, index);
    add_change({What::add, std::move(allocation), claim.because}, index);
  }

  const Claim* bystander_on(const Endpoint& endpoint) const {
    for (const auto index : bystanders_.near(endpoint.ports)) {
      if (overlap(claims_[index].endpoint, endpoint)) return &claims_[index];
    }
    return nullptr;
  }

  void add_bystander(std::size_t index) { bystanders_.add(claims_[index].endpoint.ports, index); }

  void lose_to(const Claim& other, std::size_t index) {
    say(What::conflict, index, reasons::lost_to(claims_[index], other));
  }

  // Somebody is registered for the port, or for some of it, before this plan or by it.
  void compare(std::size_t index, const std::vector<const Allocation*>& registered) {
    if (std::ranges::any_of(registered, [&](const Allocation* one) { return loses(index, *one); })) return;
    std::vector<const Allocation*> found;
    for (const auto* one : registered) {
      if (known_.emplace(one->service, index).second) found.push_back(one);
    }
    const auto& claim = claims_[index];
    const auto missing = uncovered(claim.endpoint, registered);
    take_.found[index].service = registered.front()->service;
    if (missing.empty() && found.empty()) return settle_with(index, known_.at(registered.front()->service));
    if (!missing.empty()) {
      keep(index, *registered.front(), claim.endpoint, reasons::in_part(claim, registered, missing));
      take_.plan.changes.back().match = PlannedChange::Match::part;
      std::erase(found, registered.front());
    }
    for (const auto* one : found) keep(index, *one, one->endpoint, "registered already");
  }

  // Whether the claim is somebody else's than the service's: then that is said.
  bool loses(std::size_t index, const Allocation& registered) {
    const auto& claim = claims_[index];
    if (const auto known = known_.find(registered.service); known != known_.end()) {
      const auto& other = claims_[known->second];
      if (claim.party == other.party && !claim.party.group.empty()) return false;
      lose_to(other, index);
      return true;
    }
    const auto* there = bystander_on(claim.endpoint);
    const bool is_lost = !claim.is_there && there != nullptr && !there->party.group.empty();
    if (is_lost && there->party != claim.party) {
      lose_to(*there, index);
      return true;
    }
    const auto* itself = elsewhere(claim, registered);
    if (itself == nullptr && !is_somebody_else(claim, registered)) return false;
    take_.found[index].service = registered.service;
    say(What::conflict, index, reasons::allocated(claim, registered, itself));
    return true;
  }

  void keep(std::size_t index, const Allocation& registered, const Endpoint& endpoint, std::string because) {
    add_change({What::keep, {.service = registered.service, .endpoint = endpoint}, std::move(because)}, index);
    if (claims_[index].is_there) add_bystander(index);
  }

  // What nothing of what was found is about.
  void tell_of_the_rest() {
    for (const auto* registered : registered_) {
      const auto& endpoint = registered->endpoint;
      const auto is_about_it = [&](std::size_t index) {
        const bool has_row = take_.found[index].found.endpoint && joined_to_[index] == index;
        return has_row && overlap(claims_[index].endpoint, endpoint);
      };
      if (std::ranges::any_of(by_port_.near(endpoint.ports), is_about_it)) continue;
      take_.plan.changes.push_back({.what = What::keep,
                                    .allocation = *registered,
                                    .because = "registered, but not found here",
                                    .match = PlannedChange::Match::none});
    }
  }

  // Which claims are there under each name.
  void find_who_is_there() {
    for (std::size_t index = 0; index < claims_.size(); ++index) {
      const auto word = service_word(claims_[index].party.group);
      if (claims_[index].is_there && !word.empty()) by_word_.try_emplace(word, index);
    }
  }

  // Whoever is called as the service, where its owner is not recorded: he is there, but on another port.
  const Claim* elsewhere(const Claim& claim, const Allocation& registered) const {
    if (registered.owner || is_called_as(registered, claim.party)) return nullptr;
    const auto itself = by_word_.find(registered.service.substr(0, registered.service.find('/')));
    return itself == by_word_.end() ? nullptr : &claims_[itself->second];
  }

  // What is going to have a service, or would have one if its port were known, or nobody else's.
  bool is_to_be_named(std::size_t index) const {
    const auto& [found, service] = take_.found[index];
    if (joined_to_[index] != index || claims_[index].seems_random) return false;
    if (found.state == Found::State::unresolved) return claims_[index].place.has_value();
    return !settled_[index];
  }

  GrowingRegistry registry_;
  std::vector<const Allocation*> registered_;  // before this plan
  // Those of what is there, by the words of their names.
  std::multimap<std::pair<std::string, std::string>, std::size_t> there_of_;
  std::map<std::string, std::size_t, std::less<>> by_word_;  // the first of what is there, by the group's word
  std::vector<Claim> claims_;  // those of what is there, then those of files; of each, what was found is at its index
  PortIndex by_port_;
  std::size_t first_written_ = 0;
  std::vector<bool> settled_;
  std::vector<std::size_t> joined_to_;  // itself, unless it became part of another
  // Services of the registry, and who was found there first.
  std::map<std::string, std::size_t, std::less<>> known_;
  PortIndex bystanders_;  // what is there and is left alone
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
