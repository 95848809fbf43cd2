#include "store/old_forms.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/quote.h"
#include "store/allocation_form.h"
#include "store/codec.h"

namespace berth::store {
namespace {

using Value = JsonTree::Value;
using Type = JsonTree::Type;

std::optional<Port> parse_port(std::string_view digits) {
  Port port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_number = error == std::errc{} && end == digits.data() + digits.size() && !digits.starts_with('0');
  return is_number ? std::optional(port) : std::nullopt;
}

// The old programs wrote down whatever they were told.
std::unexpected<Fault> no_port(std::size_t offset, std::string_view service, std::string_view written) {
  return std::unexpected(Fault{offset, "service " + quote(service) + " has no valid port: " + quote(written),
                               "write a port of 1 to 65535 there, or remove that entry"});
}

Allocation make_allocation(std::string service, Port port) {
  Allocation allocation;
  allocation.service = std::move(service);
  allocation.endpoint.ports = {port, port};
  return allocation;
}

// RFC 3339, in UTC and whole seconds, as we write it.
bool is_time(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:ddZ";
  const auto fits = [](char byte, char expected) {
    return expected == 'd' ? '0' <= byte && byte <= '9' : byte == expected;
  };
  return std::ranges::equal(text, shape, fits);
}

void keep_beside(std::vector<Field>& fields, bool (*is_reserved)(std::string_view), const Value& value) {
  std::string name(value.name());
  while (is_reserved(name) || std::ranges::find(fields, name, &Field::name) != fields.end()) name.insert(0, "old_");
  keep_field(fields, std::move(name), value);
}

std::expected<std::map<Port, Value>, Fault> by_port(const Value& ports_in_use) {
  std::map<Port, Value> sorted;
  for (const auto entry : ports_in_use.children()) {
    const auto service = entry.find("service");
    if (!service || !service->is(Type::string)) {
      return std::unexpected(Fault{entry.offset(), "port " + quote(entry.name()) + " has no \"service\" with a name"});
    }
    const auto port = parse_port(entry.name());
    if (!port) return no_port(entry.offset(), service->string(), entry.name());
    sorted.emplace(*port, entry);
  }
  return sorted;
}

std::string free_name(const Registry& registry, std::string_view service, Port port) {
  std::string name(service);
  while (registry.find(name) != nullptr) name.append("/").append(std::to_string(port));
  return name;
}

}  // namespace

std::expected<Registry, Fault> read_flat_form(const Value& root) {
  Registry registry;
  for (const auto member : root.children()) {
    const bool is_text = member.is(Type::string);
    const auto digits = is_text ? member.string() : member.source();
    const auto port = is_text || member.is(Type::number) ? parse_port(digits) : std::nullopt;
    if (!port) return no_port(member.offset(), member.name(), member.source());
    registry.put(make_allocation(std::string(member.name()), *port));
  }
  return registry;
}

std::expected<Registry, Fault> read_ports_in_use_form(const Value& root) {
  Registry registry;
  for (const auto member : root.children()) {
    if (member.name() != "ports_in_use") keep_beside(registry.unknown, is_top_level_field, member);
  }
  const auto ports = by_port(*root.find("ports_in_use"));
  if (!ports) return std::unexpected(ports.error());
  for (const auto& [port, entry] : *ports) {
    auto allocation = make_allocation(free_name(registry, entry.find("service")->string(), port), port);
    for (const auto member : entry.children()) {
      if (member.name() == "service") continue;
      if (member.name() == "since" && member.is(Type::string) && is_time(member.string())) {
        allocation.since = member.string();
      } else {
        keep_beside(allocation.unknown, is_known_field, member);
      }
    }
    registry.put(std::move(allocation));
  }
  return registry;
}

}  // namespace berth::store
