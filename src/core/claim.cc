#include "core/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "core/attribution.h"

namespace berth {
namespace {

// "nginx.service" is nginx, "postgresql@15-main.service" is 15-main of postgresql.
Party party_of_unit(std::string_view unit) {
  unit = unit.substr(0, unit.rfind('.'));
  const auto at = unit.find('@');
  if (at == std::string_view::npos) return {std::string(unit)};
  return {std::string(unit.substr(0, at)), std::string(unit.substr(at + 1))};
}

// Units that only say who has logged in, or that it is the system itself.
bool says_nothing(std::string_view unit) {
  return !(unit.ends_with(".service") || unit.ends_with(".socket")) || unit.starts_with("user@");
}

std::string name_of_program(const Holder& holder) {
  if (!holder.process.empty()) return holder.process;
  return holder.exe.substr(holder.exe.rfind('/') + 1);
}

Party party_of(const Holder& holder) {
  if (holder.compose) return {holder.compose->project, holder.compose->service};
  if (has_name(holder.container)) return {holder.container->name};
  if (holder.container) return {};
  if (!holder.activates.empty()) return party_of_unit(holder.activates);
  if (!says_nothing(holder.unit)) return party_of_unit(holder.unit);
  return {name_of_program(holder)};
}

// ":80", "10.0.0.2:80", "[fd00::2]:80"; the first of "10.0.0.2:80-82".
std::optional<Port> port_of(std::string_view forwards_to) {
  auto digits = forwards_to.substr(forwards_to.rfind(':') + 1);
  digits = digits.substr(0, digits.find('-'));
  Port port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

bool is_there(const Holder& holder) {
  return holder.state != HolderState::configured && holder.state != HolderState::declared;
}

std::string_view verb_of(const Holder& holder) {
  const bool is_proxy = has_name(holder.container) && forwards_for_containers(holder);
  switch (holder.state) {
    case HolderState::published:
      return "publishes it";
    case HolderState::configured:
      return "is configured to publish it";
    case HolderState::declared:
      return "declares it";
    case HolderState::bound:
      return "is bound to it";
    default:
      return is_proxy ? "publishes it" : "listens there";
  }
}

// Who it is, in few words: the endpoint is told beside it.
std::string who_of(const Holder& holder) {
  if (holder.source == Source::nat) return describe(holder);
  if (has_name(holder.container)) {
    return fmt::format("container {}{}", holder.container->name,
                       holder.container->running == false ? " (not running)" : "");
  }
  if (holder.source == Source::systemd) return "socket unit " + holder.unit;
  const auto program = name_of_program(holder);
  if (program.empty() || !holder.pid) return describe(holder);
  const auto unit = holder.unit.empty() ? "" : ", unit " + holder.unit;
  return fmt::format("{} (pid {}{})", program, *holder.pid, unit);
}

bool seems_random(const Holder& holder, const KernelRanges& kernel) {
  if (holder.source != Source::socket || holder.container || !kernel.ephemeral) return false;
  const auto& ports = holder.endpoint.ports;
  const auto is_kept = [&](const PortRange& range) { return range.contains(ports); };
  const bool is_loosely_chosen = holder.endpoint.protocol == Protocol::udp || holder.endpoint.address.is_loopback();
  return is_loosely_chosen && kernel.ephemeral->contains(ports) && std::ranges::none_of(kernel.reserved, is_kept);
}

Claim claim_of(const Holder& holder, const KernelRanges& kernel) {
  return {.party = party_of(holder),
          .endpoint = holder.endpoint,
          .target = port_of(holder.forwards_to),
          .is_there = is_there(holder),
          .seems_random = seems_random(holder, kernel),
          .owner = owner_of(holder),
          .because = fmt::format("{} {}", who_of(holder), verb_of(holder)),
          .source = std::string(to_string(holder.source)),
          .program = name_of_program(holder)};
}

bool is_claim(const Holder& holder) {
  return claims(holder) && (holder.state != HolderState::declared || holder.enabled.value_or(true));
}

// Of a proxy for one port of a container: the range that the engine has published.
void take_range(Claim& claim, const Holder& holder, const std::vector<Holder>& all) {
  if (holder.source != Source::socket || !has_name(holder.container) || !forwards_for_containers(holder)) return;
  const auto published = std::ranges::find_if(all, [&](const Holder& other) {
    return other.source == Source::container && other.state == HolderState::published && has_name(other.container) &&
           other.container->name == holder.container->name && overlap(other.endpoint, holder.endpoint) &&
           other.endpoint.ports.contains(holder.endpoint.ports);
  });
  if (published == all.end() || published->endpoint.ports == holder.endpoint.ports) return;
  claim.endpoint.ports = published->endpoint.ports;
  claim.target = port_of(published->forwards_to);
}

// Makes claims of sockets, as wide as it can without getting into anybody's way: whoever has one address of a port may
// have neighbours on others.
class Claimants {
 public:
  explicit Claimants(std::vector<Claim> sockets) : sockets_(std::move(sockets)) {
    for (std::size_t index = 0; index < sockets_.size(); ++index) {
      for (unsigned port = sockets_[index].endpoint.ports.first; port <= sockets_[index].endpoint.ports.last; ++port) {
        at_[port].push_back(index);
      }
    }
  }

  std::vector<Claim> claims() const {
    std::vector<Claim> made;
    std::map<PortRange, std::vector<std::size_t>> by_ports;
    for (auto claim : sockets_) {
      // Who asks for all addresses, of one family or both, wants the port.
      if (claim.endpoint.address.is_wildcard()) widen(claim, {{}, claim.endpoint.protocol, claim.endpoint.ports});
      auto& neighbours = by_ports[claim.endpoint.ports];
      if (std::ranges::any_of(neighbours, [&](std::size_t other) { return absorbs(made[other], claim); })) continue;
      neighbours.push_back(made.size());
      made.push_back(std::move(claim));
    }
    return made;
  }

 private:
  bool widen(Claim& claim, const Endpoint& wider) const {
    for (unsigned port = wider.ports.first; port <= wider.ports.last; ++port) {
      const auto here = at_.find(port);
      if (here == at_.end()) continue;
      for (const auto index : here->second) {
        const auto& other = sockets_[index];
        const bool is_new = overlap(other.endpoint, wider) && !overlap(other.endpoint, claim.endpoint);
        if (is_new && !is_of_one(claim, other)) return false;
      }
    }
    claim.endpoint = wider;
    return true;
  }

  static bool is_of_one(const Claim& left, const Claim& right) {
    return left.party == right.party && left.is_there == right.is_there && left.owner == right.owner;
  }

  // Another socket of the same claim: it goes into `claim`.
  bool absorbs(Claim& claim, const Claim& other) const {
    if (!is_of_one(claim, other) || claim.endpoint.ports != other.endpoint.ports) return false;
    auto wider = claim.endpoint;
    if (wider.address != other.endpoint.address) wider.address = {};
    if (wider.protocol != other.endpoint.protocol) wider.protocol = Protocol::tcp_udp;
    if (!widen(claim, wider)) return false;
    claim.seems_random = claim.seems_random && other.seems_random;
    if (!claim.target) claim.target = other.target;
    return true;
  }

  std::vector<Claim> sockets_;
  std::map<unsigned, std::vector<std::size_t>> at_;  // the sockets of each port
};

}  // namespace

std::vector<Claim> claims_of(const Census& census, const KernelRanges& kernel) {
  std::vector<Claim> sockets;
  for (const auto& holder : without_echoes(census.holders)) {
    if (!is_claim(holder)) continue;
    sockets.push_back(claim_of(holder, kernel));
    take_range(sockets.back(), holder, census.holders);
  }
  auto found = Claimants(std::move(sockets)).claims();
  const auto order = [](const Claim& claim) {
    return std::pair(claim.endpoint.ports, static_cast<int>(claim.endpoint.protocol));
  };
  std::ranges::stable_sort(found, {}, order);
  return found;
}

Claim claim_of(const Found& found) {
  auto endpoint = found.endpoint.value_or(Endpoint{});
  // As of sockets: who asks for all addresses, of one family or both, wants the port.
  if (endpoint.address.is_wildcard()) endpoint.address = {};
  const auto place = found.line == 0 ? found.file : fmt::format("{}:{}", found.file, found.line);
  return {.party = {found.group, found.member},
          .endpoint = endpoint,
          .target = found.target ? std::optional(found.target->first) : std::nullopt,
          .owner = found.owner,
          .because = found.raw.empty() ? place : fmt::format("{}: {}", place, found.raw),
          .source = found.source};
}

Found found_of(const Claim& claim) {
  return {.source = claim.source,
          .group = claim.party.group,
          .member = claim.party.member,
          .state = claim.is_there ? Found::State::running : Found::State::declared,
          .endpoint = claim.endpoint,
          .raw = claim.because,
          .owner = claim.owner};
}

}  // namespace berth
