#include "core/holder.h"

#include <fmt/format.h>

namespace berth {

std::string_view to_string(Source source) {
  switch (source) {
    case Source::registry:
      return "registry";
    case Source::socket:
      return "socket";
    case Source::container:
      return "container";
    case Source::nat:
      return "nat";
    case Source::systemd:
      return "systemd";
    case Source::kernel:
      return "kernel";
    case Source::browser:
      return "browser";
  }
  return "";
}

std::string_view to_string(HolderState state) {
  switch (state) {
    case HolderState::listening:
      return "listening";
    case HolderState::bound:
      return "bound";
    case HolderState::connection:
      return "connection";
    case HolderState::draining:
      return "draining";
    case HolderState::published:
      return "published";
    case HolderState::configured:
      return "configured";
    case HolderState::declared:
      return "declared";
  }
  return "";
}

bool has_name(const std::optional<Container>& container) { return container && !container->name.empty(); }

bool claims(const Holder& holder) {
  return holder.state != HolderState::connection && holder.state != HolderState::draining;
}

bool takes_without_socket(const Holder& holder) {
  const bool sleeps = holder.state == HolderState::declared && !holder.enabled.value_or(true);
  return holder.source != Source::socket && !sleeps;
}

bool is_named_after(const Holder& holder, std::string_view service) {
  const auto slash = service.find('/');
  const auto project = service.substr(0, slash);
  const auto part = slash == std::string_view::npos ? std::string_view{} : service.substr(slash + 1);
  if (holder.compose) {
    return holder.compose->project == project && (part.empty() || part == holder.compose->service);
  }
  if (holder.container) return holder.container->name == project;
  const auto dot = holder.unit.rfind('.');
  return dot != std::string::npos && std::string_view(holder.unit).substr(0, dot) == project;
}

Owner owner_of(const Holder& holder) {
  if (has_name(holder.container)) return {Owner::Kind::container, holder.container->name};
  if (holder.compose) return {Owner::Kind::compose, holder.compose->project + "/" + holder.compose->service};
  // From the first connection on, the service has what its socket unit opened.
  if (!holder.activates.empty()) return {Owner::Kind::unit, holder.activates};
  if (!holder.unit.empty()) return {Owner::Kind::unit, holder.unit};
  if (!holder.exe.empty()) return {Owner::Kind::exe, holder.exe};
  return {};
}

namespace {

// Without its declaration it is not known which service a socket unit starts: the one of its name, unless told
// otherwise.
std::optional<bool> is_of_unit(const Holder& holder, std::string_view unit) {
  if (holder.unit.empty()) return std::nullopt;
  if (holder.unit == unit || holder.activates == unit) return true;
  constexpr std::string_view socket = ".socket";
  if (!holder.unit.ends_with(socket) || !holder.activates.empty()) return false;
  const auto name = std::string_view(holder.unit).substr(0, holder.unit.size() - socket.size());
  return unit.ends_with(".service") && unit.substr(0, unit.rfind('.')) == name ? std::optional(true) : std::nullopt;
}

}  // namespace

std::optional<bool> is_owned_by(const Holder& holder, const Owner& owner) {
  const auto same = [&](bool known, std::string_view name) {
    return known ? std::optional(name == owner.name) : std::nullopt;
  };
  switch (owner.kind) {
    case Owner::Kind::none:
      return std::nullopt;
    case Owner::Kind::container:
      return same(has_name(holder.container), holder.container ? holder.container->name : "");
    case Owner::Kind::compose:
      return same(holder.compose.has_value(),
                  holder.compose ? holder.compose->project + "/" + holder.compose->service : "");
    case Owner::Kind::unit:
      return is_of_unit(holder, owner.name);
    case Owner::Kind::exe:
      return same(!holder.exe.empty(), holder.exe);
  }
  return std::nullopt;
}

namespace {

std::string_view noun(HolderState state) {
  switch (state) {
    case HolderState::connection:
      return "an outgoing or accepted connection";
    case HolderState::draining:
      return "a closing connection in TIME_WAIT";
    case HolderState::bound:
      return "a bound socket";
    case HolderState::published:
      return "a published port";
    case HolderState::configured:
      return "a configured port";
    case HolderState::declared:
      return "a declared socket";
    case HolderState::listening:
      return "a listening socket";
  }
  return "";
}

std::string who_has_it(const Holder& holder) {
  std::string container;
  if (has_name(holder.container)) container = "container " + holder.container->name;
  if (holder.source == Source::nat) return container.empty() ? "a NAT rule" : "a NAT rule for " + container;
  if (!container.empty()) return container;
  if (holder.source == Source::systemd) return "socket unit " + holder.unit;
  return holder.process;
}

// What is not running, or not meant to be, is the first thing to know about it.
std::string_view rest_of(const Holder& holder) {
  if (holder.container && holder.container->running == false) return "not running";
  if (holder.state == HolderState::declared && holder.enabled) return *holder.enabled ? "enabled" : "not enabled";
  return "";
}

}  // namespace

std::string describe(const Holder& holder) {
  const auto who = who_has_it(holder);
  std::string in;
  const auto add = [&in](std::string_view text) {
    if (!in.empty()) in.append(", ");
    in.append(text);
  };
  if (holder.pid) add(fmt::format("pid {}", *holder.pid));
  if (const auto rest = rest_of(holder); !rest.empty()) add(rest);
  if (!holder.unit.empty() && holder.source != Source::systemd) add("unit " + holder.unit);
  if (!holder.activates.empty()) add("for " + holder.activates);
  if (!holder.user.empty() && !holder.pid) add("user " + holder.user);
  if (!who.empty() && holder.state != HolderState::listening) add(noun(holder.state));
  add(holder.endpoint.address.to_string());
  if (!holder.remote.empty()) add("to " + holder.remote);
  if (holder.source == Source::nat && !holder.forwards_to.empty()) add("to " + holder.forwards_to);
  if (holder.seconds_left) add(fmt::format("{} s left", *holder.seconds_left));
  return fmt::format("{} ({})", who.empty() ? std::string(noun(holder.state)) : who, in);
}

}  // namespace berth
