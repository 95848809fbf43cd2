#include "core/owner.h"

namespace berth {

std::string_view to_string(Owner::Kind kind) {
  switch (kind) {
    case Owner::Kind::none:
      return "";
    case Owner::Kind::container:
      return "container";
    case Owner::Kind::compose:
      return "compose";
    case Owner::Kind::unit:
      return "unit";
    case Owner::Kind::exe:
      return "exe";
  }
  return "";
}

std::optional<Owner::Kind> parse_owner_kind(std::string_view text) {
  for (const auto kind : {Owner::Kind::container, Owner::Kind::compose, Owner::Kind::unit, Owner::Kind::exe}) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace berth
