// A registry in exactly the form that berth writes itself: nearly every file is, and this reads it an order of
// magnitude faster than the general reader.
#pragma once

#include <optional>
#include <string_view>

#include "core/registry.h"
#include "store/store.h"

namespace berth::store {

// Nullopt for anything that deviates in the least, or has unknown fields, escapes or characters outside ASCII: that is
// for the general reader to judge. Whatever this accepts, the general reader accepts and reads the same.
std::optional<Registry> parse_strict_form(std::string_view text);

// The entry of the service `wanted`, from a text that is read and checked as a whole, but not kept: at a thousand
// allocations that takes a fifth of the time.
std::optional<Entry> find_in_strict_form(std::string_view text, std::string_view wanted);

}  // namespace berth::store
