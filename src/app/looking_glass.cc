#include "app/looking_glass.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "core/coverage.h"

namespace berth::app {
namespace {

// So many busy ports of one decision are named; a walk past many more is not worth a search through all processes each.
constexpr std::size_t most_named = 3;
// From so many requests on, one census is cheaper than a probe for each.
constexpr std::size_t many = 8;
constexpr Port highest_port = 65535;
// What is taken, and what the rules pass over, lets services move further up than there are services.
constexpr std::size_t ports_passed_over = 1024;

Port further(Port port, std::size_t by) { return static_cast<Port>(std::min<std::size_t>(highest_port, port + by)); }

// Everything that they ask for, on every address.
Endpoint asked_for_by(std::span<const Request> requests) {
  auto all = requests.front().endpoint;
  for (const auto& request : requests) all = united(all, request.endpoint);
  all.address = {};
  return all;
}

}  // namespace

bool LookingGlass::Survey::excludes(const Endpoint& endpoint) const {
  return covers(about, endpoint) && index.overlapping(endpoint).empty();
}

bool LookingGlass::Survey::ends_before(const Endpoint& endpoint) const {
  return about.ports.last < endpoint.ports.first;
}

Sight LookingGlass::sight() {
  return {[this](const Endpoint& endpoint) { return probe(endpoint); },
          [this](const Endpoint& endpoint) { return holders(endpoint); },
          [this]() -> const KernelRanges& { return kernel(); },
          [this](const Endpoint& endpoint) { return hidden(endpoint); }};
}

void LookingGlass::look_ahead(std::span<const Request> requests) {
  if (requests.empty()) return;
  hidden(requests.front().endpoint);
  if (!any_refused(requests)) return;
  const auto all = asked_for_by(requests);
  named_ =
      std::make_unique<Survey>(all, machine_.census({.about = all, .owners = true, .sources = inspect::Sources::all}));
}

// Of many it is told by the listeners, which the kernel lists in a tenth of the time that all sockets take. Who holds a
// port otherwise is then seen under the lock, if without his name.
bool LookingGlass::any_refused(std::span<const Request> requests) {
  if (requests.size() < many) {
    return std::ranges::any_of(requests, [this](const Request& request) { return is_refused(request.endpoint); });
  }
  const auto census = machine_.census({.about = asked_for_by(requests), .listeners_only = true});
  const HolderIndex listeners(census.holders);
  return std::ranges::any_of(requests,
                             [&](const Request& request) { return !listeners.overlapping(request.endpoint).empty(); });
}

bool LookingGlass::is_refused(const Endpoint& endpoint) {
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    if (probe(endpoint.at(static_cast<Port>(port))).result != Probe::Result::bindable) return true;
  }
  return false;
}

void LookingGlass::survey(std::span<const Request> requests) {
  if (requests.size() < many) return;
  std::size_t ports = 0;
  for (const auto& request : requests) ports += request.endpoint.ports.size();
  survey_from(asked_for_by(requests), ports);
}

void LookingGlass::survey(const Endpoint& preferred, std::size_t count) {
  if (count < many) return;
  survey_from(Endpoint{{}, preferred.protocol, preferred.ports}, count * preferred.ports.size());
}

void LookingGlass::survey_from(const Endpoint& asked, std::size_t ports) {
  take_survey(asked.at(PortRange{asked.ports.first, further(asked.ports.last, ports + ports_passed_over)}));
}

void LookingGlass::take_survey(const Endpoint& all) {
  probes_beyond_ = 0;
  auto census = machine_.census({.about = all});
  const bool complete = std::ranges::none_of(census.blind_spots, &BlindSpot::hides_holders);
  survey_ = complete ? std::make_unique<Survey>(all, std::move(census)) : nullptr;
}

// A walk that goes on and on beyond what was surveyed: from the same port again, to as far beyond as it was wide.
void LookingGlass::survey_beyond(const Endpoint& endpoint) {
  if (!survey_ || !survey_->ends_before(endpoint) || ++probes_beyond_ < many) return;
  const auto& surveyed = survey_->about;
  take_survey(surveyed.at(PortRange{surveyed.ports.first, further(endpoint.ports.last, surveyed.ports.size())}));
}

Probe LookingGlass::probe(const Endpoint& endpoint) {
  survey_beyond(endpoint);
  // Where no socket at all is, a bind can be refused only for the want of an address or of a privilege.
  const bool always_there = endpoint.address.is_wildcard() && endpoint.address.family() != Address::Family::ipv6;
  const bool excluded = survey_ && survey_->excludes(endpoint);
  if (excluded && always_there && endpoint.ports.first >= kernel().unprivileged_start) return {};
  return machine_.probe(endpoint);
}

std::vector<Holder> LookingGlass::holders(const Endpoint& endpoint) {
  const auto seen = std::ranges::find(seen_, endpoint, &Seen::endpoint);
  if (seen != seen_.end()) return seen->holders;
  if (named_) {
    if (auto found = copies_of(named_->index.overlapping(endpoint)); !found.empty()) return found;
  }
  const bool named = !hurried_ && seen_.size() < most_named;
  if (named) {
    auto found = machine_.census({.about = endpoint, .owners = true, .sources = inspect::Sources::all}).holders;
    seen_.push_back({endpoint, found});
    return found;
  }
  auto found = listeners(endpoint);
  if (found.empty()) found = machine_.census({.about = endpoint}).holders;
  std::ranges::move(hidden(endpoint), std::back_inserter(found));
  return found;
}

std::vector<Holder> LookingGlass::listeners(const Endpoint& endpoint) {
  if (!listeners_) {
    const Endpoint all{{}, Protocol::tcp_udp, {1, highest_port}};
    listeners_ = std::make_unique<Survey>(all, machine_.census({.about = all, .listeners_only = true}));
  }
  return copies_of(listeners_->index.overlapping(endpoint));
}

// One census for a whole decision: an engine is asked once, whatever the number of candidates.
std::vector<Holder> LookingGlass::hidden(const Endpoint& endpoint) {
  if (!hidden_) {
    const Endpoint all{{}, Protocol::tcp_udp, {1, highest_port}};
    hidden_ = std::make_unique<Survey>(all, machine_.census({.sources = inspect::Sources::hidden}));
  }
  return copies_of(hidden_->index.overlapping(endpoint));
}

const KernelRanges& LookingGlass::kernel() {
  if (!kernel_) kernel_ = machine_.kernel_ranges();
  return *kernel_;
}

}  // namespace berth::app
