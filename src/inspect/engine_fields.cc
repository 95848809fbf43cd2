#include "inspect/engine_fields.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

namespace berth::inspect {
namespace {

using Type = json::JsonTree::Type;

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view without_zone(std::string_view address) { return address.substr(0, address.find('%')); }

}  // namespace

Answer<json::JsonTree> parse_answer(std::string_view json, Type root) {
  auto tree = json::JsonTree::parse(json);
  if (!tree) return std::unexpected(BadAnswer{"no JSON: " + tree.error().message});
  if (!tree->root().is(root)) return std::unexpected(BadAnswer{unexpected_form});
  return std::move(*tree);
}

std::optional<Json> at(const Json& value, std::initializer_list<std::string_view> way) {
  std::optional<Json> found = value;
  for (const auto name : way) {
    if (!found->is(Type::object)) return std::nullopt;
    found = found->find(name);
    if (!found) return std::nullopt;
  }
  return found;
}

std::string_view text_at(const Json& value, std::initializer_list<std::string_view> way) {
  const auto found = at(value, way);
  return found && found->is(Type::string) ? found->string() : std::string_view{};
}

std::optional<std::int64_t> number_at(const Json& value, std::initializer_list<std::string_view> way) {
  const auto found = at(value, way);
  return found && found->is(Type::number) ? parse_number(found->source()) : std::nullopt;
}

bool is_true(const Json& value, std::initializer_list<std::string_view> way) {
  const auto found = at(value, way);
  return found && found->is(Type::boolean) && found->source() == "true";
}

std::optional<Protocol> protocol_of(std::string_view word) {
  if (word == "tcp" || word.empty()) return Protocol::tcp;
  if (word == "udp") return Protocol::udp;
  return std::nullopt;
}

Address address_of(std::string_view word) {
  const auto address = word == "*" ? std::nullopt : Address::parse(without_zone(word));
  if (!address) return {};
  return address->family() == Address::Family::ipv6 ? Address::ipv6(address->bytes(), true) : *address;
}

std::optional<Port> port_of(std::optional<std::int64_t> number) {
  if (!number || *number < 1 || *number > 65535) return std::nullopt;
  return static_cast<Port>(*number);
}

std::optional<PortRange> ports_of(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = port_of(parse_number(text.substr(0, dash)));
  const auto last = dash == std::string_view::npos ? first : port_of(parse_number(text.substr(dash + 1)));
  if (!first || !last || *last < *first) return std::nullopt;
  return PortRange{*first, *last};
}

std::optional<Compose> compose_of(const std::optional<Json>& labels) {
  if (!labels) return std::nullopt;
  auto project = text_at(*labels, {"com.docker.compose.project"});
  if (project.empty()) project = text_at(*labels, {"io.podman.compose.project"});
  if (!project.empty())
    return Compose{std::string(project), std::string(text_at(*labels, {"com.docker.compose.service"}))};
  const auto stack = text_at(*labels, {"com.docker.stack.namespace"});
  if (stack.empty()) return std::nullopt;
  return Compose{std::string(stack), service_of(stack, text_at(*labels, {"com.docker.swarm.service.name"}))};
}

ContainerState state_of(std::string_view word) {
  if (word == "running" || word == "paused" || word == "stopping") return ContainerState::published;
  if (word == "dead" || word == "removing") return ContainerState::dead;
  return ContainerState::waiting;
}

bool is_running(std::string_view state) {
  return state_of(state) == ContainerState::published || state == "restarting";
}

std::string service_of(std::string_view stack, std::string_view name) {
  if (name.starts_with(stack) && name.substr(stack.size()).starts_with('_')) name.remove_prefix(stack.size() + 1);
  return std::string(name);
}

std::string seconds_of(std::string_view time) {
  constexpr std::size_t whole = std::string_view("2026-11-22T22:28:24").size();
  if (time.size() <= whole || !time.ends_with('Z') || time.starts_with("0001-")) return {};
  return std::string(time.substr(0, whole)) + "Z";
}

std::string time_of(std::int64_t seconds) {
  if (seconds <= 0) return {};
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(moment - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int{date.year()}, unsigned{date.month()},
                     unsigned{date.day()}, time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace berth::inspect
