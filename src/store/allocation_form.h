// The written form of one allocation, the same in the registry and in its history:
//   {"port": 8081, "protocol": "tcp", "kind": "flexible", "preferred": 8080, "owner": {"container": "keycloak"}}
// `address` first unless it is `*`, `last` after `port` for a range, then `since`, `owner`, `contested_by` and what
// this version does not know, as far as there is any of it. The service's name stands outside.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/allocation.h"
#include "core/json_text.h"
#include "json/json_tree.h"

namespace berth::store {

using json::Fault;
using json::JsonTree;

void write_allocation(JsonPen& pen, const Allocation& allocation);
// After its service: "web": {...}
void write_with_name(JsonPen& pen, const Allocation& allocation);

// In any order and spacing. `port` must be there; without `protocol` and `kind` it is tcp and flexible. Whether it
// overlaps another one is not asked.
std::expected<Allocation, Fault> read_allocation(std::string_view service, const JsonTree::Value& value);

// A name of the form above.
bool is_known_field(std::string_view name);

// Adds an unknown field, as it is written but for white space.
void keep_field(std::vector<Field>& fields, std::string name, const JsonTree::Value& value);

// A port written as a number, 1 to 65535.
std::expected<Port, Fault> read_port(const JsonTree::Value& value);

// A number without sign, fraction and exponent.
std::expected<std::uint64_t, Fault> read_count(const JsonTree::Value& value, std::uint64_t highest);

std::expected<std::string, Fault> read_string(const JsonTree::Value& value);

}  // namespace berth::store
