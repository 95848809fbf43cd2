// Values as a person would write them, so that a test reads like a sentence.
#pragma once

#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "core/conflict.h"
#include "core/plan.h"
#include "core/policy.h"
#include "core/spec.h"

namespace berth {

// What GoogleTest and RapidCheck print of a value.
inline void PrintTo(const Endpoint& endpoint, std::ostream* out) { *out << to_string(endpoint); }
inline void PrintTo(PortRange ports, std::ostream* out) { *out << to_string(ports); }
inline void PrintTo(const Allocation& allocation, std::ostream* out) {
  *out << escape(allocation.service) << " " << to_string(allocation.endpoint) << " " << to_string(allocation.kind);
}
inline void PrintTo(Verdict verdict, std::ostream* out) { *out << to_string(verdict); }
inline void PrintTo(State state, std::ostream* out) { *out << to_string(state); }
inline void PrintTo(Choice choice, std::ostream* out) { *out << to_string(choice); }
inline void PrintTo(PlannedChange::What what, std::ostream* out) { *out << to_string(what); }
inline void PrintTo(const Skip& skip, std::ostream* out) {
  *out << to_string(skip.ports) << (skip.verdict ? to_string(*skip.verdict) : " by rule");
  for (const auto& evidence : skip.evidence) *out << " [" << to_string(evidence.source) << ": " << evidence.what << "]";
}

}  // namespace berth

namespace berth::tests {

inline constexpr std::string_view now = "2026-11-22T18:00:00Z";
inline constexpr std::string_view earlier = "2026-11-01T00:00:00Z";

// Throws what is no address: a mistake in the test. "::!" is the v6-only `::`.
inline Address address(std::string_view text) {
  return text == "::!" ? Address::ipv6({}, true) : Address::parse(text).value();
}

// A SPEC, with "[::!]:80" for a v6-only socket's.
inline Endpoint endpoint(std::string_view spec) {
  constexpr std::string_view v6only = "[::!]:";
  if (!spec.starts_with(v6only)) return parse_endpoint(spec).value();
  auto parsed = parse_endpoint(spec.substr(v6only.size())).value();
  parsed.address = address("::!");
  return parsed;
}

inline PortRange ports(std::string_view text) { return parse_ports(text).value(); }

// One that got the port it asked for.
inline Allocation allocation(std::string_view service, std::string_view spec, Kind kind = Kind::flexible) {
  Allocation made{.service = std::string(service), .endpoint = endpoint(spec), .kind = kind};
  made.preferred = made.endpoint.ports.first;
  made.since = earlier;
  return made;
}

// One that got another port than it asked for.
inline Allocation moved(std::string_view service, std::string_view spec, Port preferred) {
  auto made = allocation(service, spec);
  made.preferred = preferred;
  return made;
}

// As an old registry, or a listener that was taken over, has it.
inline Allocation taken_over(std::string_view service, std::string_view spec, Kind kind = Kind::flexible) {
  auto made = allocation(service, spec, kind);
  made.preferred.reset();
  made.since = {};
  return made;
}

inline Owner unit(std::string_view name) { return {Owner::Kind::unit, std::string(name)}; }

inline Allocation owned(Allocation allocation, Owner owner) {
  allocation.owner = std::move(owner);
  return allocation;
}

inline Registry registry(std::initializer_list<Allocation> allocations) {
  Registry made;
  made.revision = 1;
  for (const auto& allocation : allocations) made.put(allocation);
  return made;
}

inline Request request(std::string_view service, std::string_view spec, std::optional<Kind> kind = std::nullopt) {
  return {.service = std::string(service), .endpoint = endpoint(spec), .kind = kind};
}

inline Request request_within(std::string_view service, std::string_view spec, std::string_view range) {
  auto made = request(service, spec);
  made.within = ports(range);
  return made;
}

// A listening socket of a systemd unit's process.
inline Holder listener(std::string_view spec, std::string_view process = "nginx", std::int32_t pid = 812) {
  Holder holder;
  holder.endpoint = endpoint(spec);
  holder.process = process;
  holder.exe = "/usr/sbin/" + holder.process;
  holder.unit = holder.process + ".service";
  holder.pid = pid;
  holder.started = 1000 + static_cast<std::uint64_t>(pid);
  return holder;
}

// A socket whose process could not be seen.
inline Holder nameless(std::string_view spec, HolderState state = HolderState::listening) {
  Holder holder;
  holder.endpoint = endpoint(spec);
  holder.state = state;
  return holder;
}

inline Holder connection(std::string_view spec, std::string_view process = "curl", std::int32_t pid = 99) {
  auto holder = listener(spec, process, pid);
  holder.state = HolderState::connection;
  holder.remote = "10.0.0.7:443";
  return holder;
}

// A port of a container, which is configured with it.
inline Holder of_container(std::string_view spec, std::string_view name, HolderState state) {
  auto holder = nameless(spec, state);
  holder.source = Source::container;
  holder.container = Container{.id = std::string(name) + "-id", .name = std::string(name), .image = "pm/web:1"};
  holder.container->running = state == HolderState::published;
  return holder;
}

inline Holder published(std::string_view spec, std::string_view name) {
  auto holder = of_container(spec, name, HolderState::published);
  holder.forwards_to = "10.200.0.2:80";
  return holder;
}

inline Holder nat(std::string_view spec, std::string_view forwards_to) {
  auto holder = nameless(spec, HolderState::published);
  holder.source = Source::nat;
  holder.forwards_to = forwards_to;
  return holder;
}

// Of the unit NAME.socket, for NAME.service.
inline Holder declared(std::string_view spec, std::string_view name, bool enabled) {
  auto holder = nameless(spec, HolderState::declared);
  holder.source = Source::systemd;
  holder.unit = std::string(name) + ".socket";
  holder.activates = std::string(name) + ".service";
  holder.enabled = enabled;
  return holder;
}

inline Holder draining(std::string_view spec) {
  auto holder = nameless(spec, HolderState::draining);
  holder.seconds_left = 42;
  return holder;
}

}  // namespace berth::tests
