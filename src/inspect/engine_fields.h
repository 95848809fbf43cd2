// Reading single fields of an engine's JSON: what is missing, or of another type, is empty. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/holder.h"
#include "inspect/engine_answers.h"
#include "json/json_tree.h"

namespace berth::inspect {

using Json = json::JsonTree::Value;

constexpr auto unexpected_form = "JSON of another form than expected";

// The text as a tree; a root of another type is none of the answers that are known. `json` must outlive it.
Answer<json::JsonTree> parse_answer(std::string_view json, json::JsonTree::Type root);

// Of an array of objects, each of them read.
template <typename T>
Answer<std::vector<T>> read_elements(std::string_view json, T (*read)(const Json&)) {
  const auto tree = parse_answer(json, json::JsonTree::Type::array);
  if (!tree) return std::unexpected(tree.error());
  std::vector<T> all;
  for (const auto element : tree->root().children()) {
    if (!element.is(json::JsonTree::Type::object)) return std::unexpected(BadAnswer{unexpected_form});
    all.push_back(read(element));
  }
  return all;
}

// The value at the end of a way through objects.
std::optional<Json> at(const Json& value, std::initializer_list<std::string_view> way);
std::string_view text_at(const Json& value, std::initializer_list<std::string_view> way);
std::optional<std::int64_t> number_at(const Json& value, std::initializer_list<std::string_view> way);
bool is_true(const Json& value, std::initializer_list<std::string_view> way);

// Of an engine's protocol word; nullopt for what has no ports that berth knows of (sctp).
std::optional<Protocol> protocol_of(std::string_view word);
// "" and what is no address are `*`. `::` is v6-only: the engines bind IPv4 separately.
Address address_of(std::string_view word);
// 1..65535; nullopt otherwise.
std::optional<Port> port_of(std::optional<std::int64_t> number);
// "8080" or "9100-9110"
std::optional<PortRange> ports_of(std::string_view text);

// By the labels of compose, of podman-compose and of a swarm's stack.
std::optional<Compose> compose_of(const std::optional<Json>& labels);
// By the words of docker and podman; an unknown one is `waiting`.
ContainerState state_of(std::string_view word);
// Whether there are processes of it, at least again and again.
bool is_running(std::string_view state);
// A service of a stack is named after it: "stack_service".
std::string service_of(std::string_view stack, std::string_view name);
// "2026-11-22T22:28:24.832936831Z" in whole seconds; empty for the year 1, which stands for never.
std::string seconds_of(std::string_view time);
// Seconds since 1970; empty before that.
std::string time_of(std::int64_t seconds);

}  // namespace berth::inspect
