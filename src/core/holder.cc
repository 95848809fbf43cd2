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

Owner owner_of(const Holder& holder) {
  if (holder.container && !holder.container->name.empty()) return {Owner::Kind::container, holder.container->name};
  if (holder.compose) return {Owner::Kind::compose, holder.compose->project + "/" + holder.compose->service};
  if (!holder.unit.empty()) return {Owner::Kind::unit, holder.unit};
  if (!holder.exe.empty()) return {Owner::Kind::exe, holder.exe};
  return {};
}

std::optional<bool> is_owned_by(const Holder& holder, const Owner& owner) {
  const auto same = [&](bool known, std::string_view name) {
    return known ? std::optional(name == owner.name) : std::nullopt;
  };
  switch (owner.kind) {
    case Owner::Kind::none:
      return std::nullopt;
    case Owner::Kind::container:
      return same(holder.container && !holder.container->name.empty(), holder.container ? holder.container->name : "");
    case Owner::Kind::compose:
      return same(holder.compose.has_value(),
                  holder.compose ? holder.compose->project + "/" + holder.compose->service : "");
    case Owner::Kind::unit:
      return same(!holder.unit.empty(), holder.unit);
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
    default:
      return "a listening socket";
  }
}

}  // namespace

std::string describe(const Holder& holder) {
  std::string who = holder.process;
  if (holder.container && !holder.container->name.empty()) who = "container " + holder.container->name;
  std::string in;
  const auto add = [&in](std::string_view text) {
    if (!in.empty()) in.append(", ");
    in.append(text);
  };
  if (holder.pid) add(fmt::format("pid {}", *holder.pid));
  if (!holder.unit.empty()) add("unit " + holder.unit);
  if (!holder.user.empty() && !holder.pid) add("user " + holder.user);
  if (!who.empty() && holder.state != HolderState::listening) add(noun(holder.state));
  add(holder.endpoint.address.to_string());
  if (!holder.remote.empty()) add("to " + holder.remote);
  if (holder.seconds_left) add(fmt::format("{} s left", *holder.seconds_left));
  return fmt::format("{} ({})", who.empty() ? std::string(noun(holder.state)) : who, in);
}

}  // namespace berth
