// The two formats of before berth (store/codec.h shows them). Everything in them becomes flexible, on tcp, without a
// preferred port; the revision is 0.
#pragma once

#include <expected>

#include "core/registry.h"
#include "json/json_tree.h"

namespace berth::store {

using json::Fault;
using json::JsonTree;

// Every member is a service.
std::expected<Registry, Fault> read_flat_form(const JsonTree::Value& root);

// A second port of a service, in the order of the numbers, becomes "service/port". Other fields of a port and of the
// file are kept as unknown fields; where the current format has a field of that name, as "old_" and the name.
std::expected<Registry, Fault> read_ports_in_use_form(const JsonTree::Value& root);

}  // namespace berth::store
