#include "store/codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/json_text.h"
#include "core/quote.h"
#include "json/json_tree.h"
#include "store/allocation_form.h"
#include "store/old_forms.h"
#include "store/strict_form.h"

namespace berth::store {

using json::Fault;
using json::JsonTree;

namespace {

using Value = JsonTree::Value;
using Type = JsonTree::Type;

constexpr std::uint64_t current_schema = 1;

bool is_current_form(const Value& root) {
  const auto allocations = root.find("allocations");
  if (allocations && allocations->is(Type::object)) return true;
  const auto schema = root.find("schema");
  if (!schema || !schema->is(Type::number)) return false;
  constexpr std::uint64_t first_port_of_old_services = 1024;
  const auto number = read_count(*schema, UINT64_MAX);
  return !number || *number < first_port_of_old_services;
}

std::expected<void, Fault> check_schema(const Value& root) {
  const auto schema = root.find("schema");
  if (!schema) return std::unexpected(Fault{root.offset(), "it has no \"schema\""});
  const auto number = read_count(*schema, UINT64_MAX);
  if (number && *number == current_schema) return {};
  if (number && *number > current_schema) {
    return std::unexpected(Fault{schema->offset(), "a newer berth wrote it (schema " + std::to_string(*number) + ")",
                                 std::string(update_hint)});
  }
  return std::unexpected(Fault{schema->offset(), "\"schema\" must be 1, not " + quote(schema->source())});
}

std::expected<void, Fault> read_allocations(const Value& value, Registry& registry) {
  if (!value.is(Type::object)) {
    return std::unexpected(Fault{value.offset(), "\"allocations\" must be an object, not " + quote(value.source())});
  }
  for (const auto member : value.children()) {
    auto allocation = read_allocation(member.name(), member);
    if (!allocation) return std::unexpected(std::move(allocation.error()));
    registry.put(std::move(*allocation));
  }
  return {};
}

std::expected<Registry, Fault> read_current_form(const Value& root) {
  if (auto schema = check_schema(root); !schema) return std::unexpected(std::move(schema.error()));
  const auto revision = root.find("revision");
  if (!revision) return std::unexpected(Fault{root.offset(), "it has no \"revision\""});
  const auto number = read_count(*revision, highest_revision);
  if (!number) return std::unexpected(number.error());
  const auto allocations = root.find("allocations");
  if (!allocations) return std::unexpected(Fault{root.offset(), "it has no \"allocations\""});
  Registry registry;
  registry.revision = *number;
  for (const auto member : root.children()) {
    if (!is_top_level_field(member.name())) keep_field(registry.unknown, std::string(member.name()), member);
  }
  auto read = read_allocations(*allocations, registry);
  if (!read) return std::unexpected(std::move(read.error()));
  return registry;
}

std::expected<Registry, Fault> read_any_form(std::string_view text) {
  auto tree = JsonTree::parse(text);
  if (!tree) return std::unexpected(std::move(tree.error()));
  const auto root = tree->root();
  if (!root.is(Type::object)) return std::unexpected(Fault{root.offset(), "it must be an object"});
  if (is_current_form(root)) return read_current_form(root);
  const auto ports_in_use = root.find("ports_in_use");
  return ports_in_use && ports_in_use->is(Type::object) ? read_ports_in_use_form(root) : read_flat_form(root);
}

// "line 3, column 14"; columns count bytes.
std::string place(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

void write_registry(std::string& out, const Registry& registry) {
  JsonPen pen(out);
  pen.text("{\n  \"schema\": ");
  pen.number(current_schema);
  pen.text(",\n  \"revision\": ");
  pen.number(registry.revision);
  for (const auto& field : registry.unknown) {
    pen.text(",\n  ");
    pen.string(field.name);
    pen.text(": ");
    pen.text(field.json);
  }
  pen.text(",\n  \"allocations\": {");
  std::string_view separator = "\n    ";
  for (const auto& [service, allocation] : registry.allocations()) {
    pen.text(std::exchange(separator, ",\n    "));
    write_with_name(pen, allocation);
  }
  pen.text(registry.allocations().empty() ? "}\n}\n" : "\n  }\n}\n");
}

}  // namespace

std::expected<Registry, Error> parse_registry(std::string_view text, std::string_view name) {
  if (auto registry = parse_strict_form(text)) return *std::move(registry);
  auto registry = read_any_form(text);
  if (registry) return *std::move(registry);
  auto& fault = registry.error();
  return std::unexpected(Error{.code = ErrorCode::unreadable,
                               .message = "the registry '" + escape(name) +
                                          "' is not valid: " + place(text, fault.offset) + ": " + fault.message,
                               .hint = std::move(fault.hint)});
}

std::expected<Entry, Error> find_entry(std::string_view text, std::string_view service, std::string_view name) {
  if (auto entry = find_in_strict_form(text, service)) return *std::move(entry);
  const auto registry = parse_registry(text, name);
  if (!registry) return std::unexpected(registry.error());
  return entry_of(*registry, service);
}

std::string format_registry(const Registry& registry) {
  constexpr std::size_t bytes_of_an_allocation = 160;
  std::string out;
  out.reserve((registry.allocations().size() + 1) * bytes_of_an_allocation);
  write_registry(out, registry);
  return out;
}

}  // namespace berth::store
