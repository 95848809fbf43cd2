#include "core/checkup.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/attribution.h"
#include "core/coexistence.h"
#include "core/holder_index.h"
#include "core/ownership.h"
#include "core/quote.h"
#include "core/remarks.h"

namespace berth {
namespace {

using Findings = std::vector<Finding>;

std::string port(const Endpoint& endpoint) { return to_string(endpoint); }
std::string name(const Allocation& allocation) { return escape(allocation.service); }
std::string text(const Holder& holder) { return escape(describe(holder)); }

// What the registry alone shows.
class RegistryCheck {
 public:
  RegistryCheck(const Registry& registry, const KernelRanges& kernel, Findings& findings)
      : registry_(registry), kernel_(kernel), findings_(findings) {}

  void look() {
    for (const auto& [service, allocation] : registry_.allocations()) {
      for (const auto* other : registry_.overlapping(allocation.endpoint)) {
        if (service < other->service) double_allocation(allocation, *other);
      }
      ephemeral(allocation);
    }
  }

 private:
  void double_allocation(const Allocation& one, const Allocation& other) {
    findings_.push_back(
        {"double-allocation",
         Severity::conflict,
         one.service,
         one.endpoint,
         fmt::format("{} and {} are both registered for {}", name(one), name(other), port(one.endpoint)),
         {fmt::format("give one of them another port: berth release {}", operand(other.service))}});
  }

  void ephemeral(const Allocation& allocation) {
    auto remark = remark_on_ephemeral(allocation.endpoint, kernel_);
    if (!remark) return;
    const auto is_reserved = [&](const PortRange& range) { return range.contains(allocation.endpoint.ports); };
    if (std::ranges::any_of(kernel_.reserved, is_reserved)) return;
    findings_.push_back(
        {"ephemeral-port",
         Severity::risk,
         allocation.service,
         allocation.endpoint,
         fmt::format("{} has {} in the ephemeral range {}: an outgoing connection may take it while {} is down",
                     name(allocation), port(allocation.endpoint), to_string(*kernel_.ephemeral), name(allocation)),
         {fmt::format("add it to net.ipv4.ip_local_reserved_ports, or register a port below {}",
                      kernel_.ephemeral->first)}});
  }

  const Registry& registry_;
  const KernelRanges& kernel_;
  Findings& findings_;
};

// Allocations against holders.
class AllocationCheck {
 public:
  AllocationCheck(const Registry& registry, const Census& census, Findings& findings)
      : registry_(registry), census_(census), index_(census.holders), findings_(findings) {}

  void look() {
    for (const auto& [service, allocation] : registry_.allocations()) look_at(allocation);
  }

 private:
  bool is_own(const Holder& holder, const Allocation& allocation) const {
    const auto own = is_owned_by(holder, allocation.owner);
    return own ? *own : is_named_after(holder, allocation.service);
  }

  void look_at(const Allocation& allocation) {
    bool is_there = false;
    std::vector<Holder> foreign;
    for (const auto* holder : index_.overlapping(allocation.endpoint)) {
      if (!claims(*holder) || holder->source == Source::systemd) continue;
      const bool serves = holder->state == HolderState::listening || holder->state == HolderState::published;
      is_there = is_there || serves;
      if (is_own(*holder, allocation)) {
        if (serves) exposure(allocation, *holder);
      } else if (is_foreign(*holder, allocation, registry_).value_or(false)) {
        foreign.push_back(*holder);
      }
    }
    if (!foreign.empty()) taken(allocation, foreign);
    if (!is_there) elsewhere(allocation);
  }

  void taken(const Allocation& allocation, const std::vector<Holder>& holders) {
    const auto holder = without_echoes(holders).front();
    const bool contested = allocation.contest && contests(holder, *allocation.contest);
    const bool conflict = contested || is_another_services(holder, allocation, registry_);
    findings_.push_back({conflict ? "port-held" : "foreign-owner",
                         conflict ? Severity::conflict : Severity::drift,
                         allocation.service,
                         allocation.endpoint,
                         fmt::format("{} is registered for {}, but {} has it", name(allocation),
                                     port(allocation.endpoint), text(holder)),
                         {fmt::format("berth who {}   says what can be done", to_spec(allocation.endpoint))}});
  }

  void exposure(const Allocation& allocation, const Holder& holder) {
    if (allocation.endpoint.address.is_wildcard() || !holder.endpoint.address.is_wildcard()) return;
    findings_.push_back({"open-wider",
                         Severity::drift,
                         allocation.service,
                         allocation.endpoint,
                         fmt::format("{} is registered for {} alone, but {} is open on every address", name(allocation),
                                     port(allocation.endpoint), text(holder)),
                         {fmt::format("let it listen on {} in its configuration; or register it as it is: berth "
                                      "register {} {} {}",
                                      allocation.endpoint.address.to_string(), name(allocation),
                                      to_spec(Endpoint{{}, allocation.endpoint.protocol, allocation.endpoint.ports}),
                                      to_string(allocation.kind))}});
  }

  // Nothing is on the registered port; is its owner on another one that is not registered?
  void elsewhere(const Allocation& allocation) {
    for (const auto& holder : census_.holders) {
      if (holder.state != HolderState::listening && holder.state != HolderState::published) continue;
      // An executable alone does not tell two services apart: many are run by one interpreter.
      if (allocation.owner.kind == Owner::Kind::exe && !is_named_after(holder, allocation.service)) continue;
      if (!is_own(holder, allocation) || !registry_.overlapping(holder.endpoint).empty()) continue;
      findings_.push_back(
          {"listens-elsewhere",
           Severity::drift,
           allocation.service,
           allocation.endpoint,
           fmt::format("{} is registered for {}, but it is on {}: {}", name(allocation), port(allocation.endpoint),
                       port(holder.endpoint), text(holder)),
           {fmt::format("set the port in its configuration to what  berth get {}  says; or register the port that it "
                        "has: berth register {} {} fixed",
                        operand(allocation.service), operand(allocation.service), to_spec(holder.endpoint))}});
      return;
    }
  }

  const Registry& registry_;
  const Census& census_;
  const HolderIndex index_;
  Findings& findings_;
};

// Holders against each other.
class HolderCheck {
 public:
  HolderCheck(const Census& census, Findings& findings)
      : census_(census), index_(census.holders), findings_(findings) {}

  void look() {
    for (const auto& holder : census_.holders) {
      if (is_stale_proxy(holder, census_)) stale_proxy(holder);
      for (const auto* other : index_.on(holder.endpoint.ports)) {
        if (&holder < other) judge_pair(holder, *other);
      }
    }
  }

 private:
  void judge_pair(const Holder& one, const Holder& other) {
    const auto trouble = coexistence(one, other);
    if (!trouble) return;
    // A range of proxies, or both families of one server: once is enough.
    const auto message = fmt::format(fmt::runtime(trouble->sentence), text(one), text(other));
    const auto said = [&](const Finding& finding) { return finding.id == trouble->id && finding.message == message; };
    if (std::ranges::any_of(findings_, said)) return;
    findings_.push_back({trouble->id, trouble->severity, {}, one.endpoint, port(one.endpoint) + ": " + message, {}});
    findings_.back().advice.emplace_back(trouble->advice);
  }

  void stale_proxy(const Holder& holder) {
    findings_.push_back(
        {"stale-docker-proxy",
         Severity::risk,
         {},
         holder.endpoint,
         fmt::format("{} is kept by {} for a container that is gone", port(holder.endpoint), text(holder)),
         {"restart the engine when it suits: systemctl restart docker"}});
  }

  const Census& census_;
  const HolderIndex index_;
  Findings& findings_;
};

void sort(Findings& findings) {
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::tuple(finding.severity, finding.endpoint.ports.first, finding.id);
  });
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::conflict:
      return "conflict";
    case Severity::drift:
      return "drift";
    case Severity::risk:
      return "risk";
  }
  return "";
}

std::vector<Finding> check_up(const Registry& registry, const Census& census, const KernelRanges& kernel) {
  Findings findings;
  RegistryCheck(registry, kernel, findings).look();
  AllocationCheck(registry, census, findings).look();
  HolderCheck(census, findings).look();
  sort(findings);
  return findings;
}

std::vector<Finding> unregistered_listeners(const Registry& registry, const Census& census) {
  Findings findings;
  for (const auto& holder : without_echoes(census.holders)) {
    const bool serves = holder.state == HolderState::listening || holder.state == HolderState::published;
    if (!serves || !registry.overlapping(holder.endpoint).empty()) continue;
    auto message = fmt::format("{} is not registered: {}", port(holder.endpoint), text(holder));
    if (std::ranges::find(findings, message, &Finding::message) != findings.end()) continue;
    findings.push_back({"unregistered-listener",
                        Severity::risk,
                        {},
                        holder.endpoint,
                        std::move(message),
                        {fmt::format("berth migrate --running NAME={}", to_spec(holder.endpoint))}});
  }
  sort(findings);
  return findings;
}

}  // namespace berth
