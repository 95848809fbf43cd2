// The text of a registry file.
//
// What is written:
//   {
//     "schema": 1,
//     "revision": 42,
//     "allocations": {
//       "keycloak": {"port": 8081, "protocol": "tcp", "kind": "flexible", "preferred": 8080}
//     }
//   }
// by name, one allocation a line (store/allocation_form.h); top-level fields that this version does not know stand
// before "allocations". The same in any other order and spacing is read too.
//
// Two old formats are read: {"keycloak": 8080}, the port a number or a string of digits, and
// {"ports_in_use": {"8080": {"service": "keycloak"}}}. A file is of the current format if "allocations" is an object,
// or if "schema" is a number below 1024: no service called "schema" lives on such a port, and a newer format may have
// no "allocations". Else it is of the second old one if "ports_in_use" is an object, else of the first.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/registry.h"
#include "store/store.h"

namespace berth::store {

// Revisions stay below what every JSON reader can hold as a number (RFC 8259, section 6).
constexpr std::uint64_t highest_revision = (std::uint64_t{1} << 53U) - 1;

// A top-level field of the current format.
constexpr bool is_top_level_field(std::string_view name) {
  return name == "schema" || name == "revision" || name == "allocations";
}

// The hint of a file that a newer version wrote: it is not invalid, and nothing older must take its place.
inline constexpr std::string_view update_hint = "update berth on this machine";

// Whatever is not a registry is an error (ErrorCode::unreadable) that names `name` (a path, say) and the line, and
// quotes what is wrong. The hint is empty unless the text itself suggests a way out. Allocations that overlap, and
// names that are not allowed for new services, are read all the same.
std::expected<Registry, Error> parse_registry(std::string_view text, std::string_view name);

// What the whole registry says about one service. The same errors.
std::expected<Entry, Error> find_entry(std::string_view text, std::string_view service, std::string_view name);

// Ends with a newline. Text that is not UTF-8 is written with U+FFFD in the place of what is wrong.
std::string format_registry(const Registry& registry);

}  // namespace berth::store
