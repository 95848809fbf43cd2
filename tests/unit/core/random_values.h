// Random endpoints, registries, machines and requests, crowded enough that they meet.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/core/scene.h"

namespace berth::tests {

inline constexpr Port low = 8060;
inline constexpr Port high = 8120;

inline rc::Gen<Protocol> any_protocol() {
  return rc::gen::weightedElement<Protocol>({{6, Protocol::tcp}, {2, Protocol::udp}, {1, Protocol::tcp_udp}});
}

inline rc::Gen<Address> any_address() {
  return rc::gen::weightedElement<Address>({{12, {}},
                                            {1, address("0.0.0.0")},
                                            {1, address("127.0.0.1")},
                                            {1, address("127.0.0.2")},
                                            {1, address("::")},
                                            {1, address("::!")},
                                            {1, address("::1")}});
}

// Sometimes up to four ports.
inline rc::Gen<PortRange> any_ports(unsigned first = low, unsigned last = high) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange(first, last), rc::gen::weightedElement<unsigned>({{6, 0}, {1, 1}, {1, 3}})),
      [](const auto& pair) {
        return PortRange{static_cast<Port>(pair.first), static_cast<Port>(pair.first + pair.second)};
      });
}

inline rc::Gen<Endpoint> any_endpoint() {
  return rc::gen::construct<Endpoint>(any_address(), any_protocol(), any_ports());
}

inline rc::Gen<std::string> any_service() {
  return rc::gen::map(rc::gen::inRange(0, 24), [](int number) { return "s" + std::to_string(number); });
}

// May overlap others.
inline rc::Gen<Allocation> any_allocation() {
  return rc::gen::exec([] {
    Allocation made{.service = *any_service(), .endpoint = *any_endpoint()};
    made.kind = *rc::gen::element(Kind::fixed, Kind::flexible);
    made.preferred = *rc::gen::element<std::optional<Port>>(std::nullopt, made.endpoint.ports.first, low);
    if (made.kind == Kind::fixed && made.preferred) made.preferred = made.endpoint.ports.first;
    if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) made.owner = unit(*any_service() + ".service");
    return made;
  });
}

inline rc::Gen<std::vector<Allocation>> any_allocations() {
  return rc::gen::container<std::vector<Allocation>>(any_allocation());
}

// Without an overlap, as berth itself makes them; a third of the space at most.
inline rc::Gen<Registry> any_sound_registry() {
  return rc::gen::map(any_allocations(), [](const std::vector<Allocation>& allocations) {
    Registry made;
    made.revision = 7;
    for (const auto& each : allocations) {
      if (made.overlapping(each.endpoint).empty() && made.find(each.service) == nullptr) made.put(each);
    }
    return made;
  });
}

inline rc::Gen<Holder> any_holder() {
  return rc::gen::exec([] {
    auto holder = listener("1", *any_service(), *rc::gen::inRange(1, 99));
    holder.endpoint = (*any_endpoint()).at(*rc::gen::inRange<Port>(low, high));
    holder.state = *rc::gen::weightedElement<HolderState>({{6, HolderState::listening},
                                                           {1, HolderState::bound},
                                                           {1, HolderState::connection},
                                                           {1, HolderState::draining}});
    if (*rc::gen::arbitrary<bool>()) holder.unit.clear();
    return holder;
  });
}

inline rc::Gen<Scene> any_scene() {
  return rc::gen::exec([] {
    Scene scene;
    scene.holders = *rc::gen::container<std::vector<Holder>>(any_holder());
    if (*rc::gen::arbitrary<bool>()) scene.kernel.ephemeral = *any_ports(low + 20, high);
    if (*rc::gen::arbitrary<bool>()) scene.kernel.reserved.push_back(*any_ports());
    return scene;
  });
}

inline rc::Gen<Request> any_request() {
  return rc::gen::exec([] {
    Request made{.service = *any_service(), .endpoint = *any_endpoint()};
    made.kind = *rc::gen::element<std::optional<Kind>>(std::nullopt, Kind::fixed, Kind::flexible);
    if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) {
      const auto room = *rc::gen::inRange<unsigned>(0, 12);
      made.within = PortRange{made.endpoint.ports.first, static_cast<Port>(made.endpoint.ports.last + room)};
    }
    made.strict = *rc::gen::weightedElement<bool>({{3, false}, {1, true}});
    return made;
  });
}

inline bool has_overlap(const Registry& registry) {
  return std::ranges::any_of(registry.allocations(), [&](const auto& entry) {
    return !registry.overlapping(entry.second.endpoint, entry.first).empty();
  });
}

}  // namespace berth::tests

// RapidCheck prints values that fail a property by these.
namespace berth {

inline void showValue(const Endpoint& endpoint, std::ostream& out) { PrintTo(endpoint, &out); }
inline void showValue(const Allocation& allocation, std::ostream& out) { PrintTo(allocation, &out); }
inline void showValue(const Registry& registry, std::ostream& out) {
  for (const auto& [name, allocation] : registry.allocations()) {
    PrintTo(allocation, &out);
    out << (allocation.preferred ? ", preferred " + std::to_string(*allocation.preferred) : ", taken over") << ", "
        << allocation.owner.name << "; ";
  }
}
inline void showValue(const Holder& holder, std::ostream& out) {
  out << to_string(holder.endpoint) << " " << to_string(holder.state) << " " << describe(holder);
}
inline void showValue(const Request& request, std::ostream& out) {
  out << request.service << " " << to_string(request.endpoint) << (request.kind ? " " : "")
      << (request.kind ? to_string(*request.kind) : "")
      << (request.within ? " within " + to_string(*request.within) : "") << (request.strict ? " strict" : "");
}

namespace tests {
inline void showValue(const Scene& scene, std::ostream& out) {
  for (const auto& holder : scene.holders) {
    berth::showValue(holder, out);
    out << "; ";
  }
  if (scene.kernel.ephemeral) out << "ephemeral " << to_string(*scene.kernel.ephemeral);
  for (const auto& range : scene.kernel.reserved) out << " reserved " << to_string(range);
}
}  // namespace tests

}  // namespace berth
