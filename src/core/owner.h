// Who is behind a holder, in a form that can be written down and compared later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth {

struct Owner {
  enum class Kind : std::uint8_t { none, container, compose, unit, exe };

  Kind kind = Kind::none;
  // A container's name, "project/service" of compose, a unit's name, or the path of an executable.
  std::string name;

  explicit operator bool() const { return kind != Kind::none; }
  friend bool operator==(const Owner&, const Owner&) = default;
};

// The words of the registry file and of the JSON answers; empty for none.
std::string_view to_string(Owner::Kind kind);
std::optional<Owner::Kind> parse_owner_kind(std::string_view text);

}  // namespace berth
