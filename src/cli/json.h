// JSON answers, written in order: begin an object, name a value, give the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/census.h"
#include "core/policy.h"
#include "core/shared.h"
#include "core/verdict.h"

namespace berth::cli {

class Json {
 public:
  // Begins the answer's object with its schema version.
  Json();
  // Ends it.
  std::string take();

  Json& key(std::string_view name);
  Json& begin_object() { return open('{'); }
  Json& end_object() { return close('}'); }
  Json& begin_array() { return open('['); }
  Json& end_array() { return close(']'); }

  Json& value(std::string_view text);
  Json& value(const char* text) { return value(std::string_view(text)); }
  Json& value(std::uint64_t number);
  Json& value(bool truth);
  Json& null();
  // Null if empty.
  Json& text_or_null(std::string_view text) { return text.empty() ? null() : value(text); }

 private:
  Json& open(char bracket);
  Json& close(char bracket);
  Json& raw(std::string_view text);

  std::string text_;
  bool first_ = true;  // nothing stands before the next value
};

// The parts that several answers share; each writes one value, but for the ones that write members.
void write_endpoint_members(Json& json, const Endpoint& endpoint);
void write_endpoint(Json& json, const Endpoint& endpoint);
void write_owner(Json& json, const Owner& owner);
// All but the service.
void write_terms(Json& json, const Allocation& allocation);
void write_allocation_members(Json& json, const Allocation& allocation);
void write_allocation(Json& json, const Allocation& allocation);
void write_allocation_or_null(Json& json, const Shared<Allocation>& allocation);
void write_holder(Json& json, const Holder& holder);
void write_evidence(Json& json, const std::vector<Evidence>& evidence);
void write_skips(Json& json, const std::vector<Skip>& skips);
void write_blind_spots(Json& json, const std::vector<BlindSpot>& blind_spots);
void write_texts(Json& json, const std::vector<std::string>& texts);

template <typename Items, typename Write>
void write_array(Json& json, const Items& items, Write write) {
  json.begin_array();
  for (const auto& item : items) write(json, item);
  json.end_array();
}

}  // namespace berth::cli
