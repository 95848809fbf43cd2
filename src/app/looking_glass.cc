#include "app/looking_glass.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace berth::app {
namespace {

// So many busy ports of one decision are named; a walk past many more is not worth a search through all processes each.
constexpr std::size_t most_named = 3;
constexpr Port highest_port = 65535;

}  // namespace

bool LookingGlass::Survey::excludes(const Endpoint& endpoint) const {
  const bool is_covered = about.ports.contains(endpoint.ports) &&
                          (about.protocol == Protocol::tcp_udp || about.protocol == endpoint.protocol);
  return is_covered && index.overlapping(endpoint).empty();
}

Sight LookingGlass::sight() {
  return {[this](const Endpoint& endpoint) { return probe(endpoint); },
          [this](const Endpoint& endpoint) { return holders(endpoint); }, [this] { return kernel(); },
          [this](const Endpoint& endpoint) { return hidden(endpoint); }};
}

void LookingGlass::look_ahead(std::span<const Request> requests) {
  if (requests.empty()) return;
  hidden(requests.front().endpoint);
  if (std::ranges::none_of(requests, [this](const Request& request) { return is_refused(request.endpoint); })) return;
  Endpoint all{{}, Protocol::tcp_udp, requests.front().endpoint.ports};
  for (const auto& request : requests) {
    all.ports.first = std::min(all.ports.first, request.endpoint.ports.first);
    all.ports.last = std::max(all.ports.last, request.endpoint.ports.last);
  }
  named_ =
      std::make_unique<Survey>(all, machine_.census({.about = all, .owners = true, .sources = inspect::Sources::all}));
}

bool LookingGlass::is_refused(const Endpoint& endpoint) {
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    if (probe(endpoint.at(static_cast<Port>(port))).result != Probe::Result::bindable) return true;
  }
  return false;
}

void LookingGlass::survey(std::span<const Request> requests) {
  Endpoint all{{}, Protocol::tcp, {highest_port, highest_port}};
  for (const auto& request : requests) {
    all.ports.first = std::min(all.ports.first, request.endpoint.ports.first);
    if (request.endpoint.protocol != Protocol::tcp) all.protocol = Protocol::tcp_udp;
  }
  auto census = machine_.census({.about = all});
  const bool complete = std::ranges::none_of(census.blind_spots, &BlindSpot::hides_holders);
  survey_ = complete ? std::make_unique<Survey>(all, std::move(census)) : nullptr;
}

Probe LookingGlass::probe(const Endpoint& endpoint) {
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

KernelRanges LookingGlass::kernel() {
  if (!kernel_) kernel_ = machine_.kernel_ranges();
  return *kernel_;
}

}  // namespace berth::app
