// Two holders on one port: whether that is trouble, now or at the next boot.
#pragma once

#include <optional>
#include <string_view>

#include "core/checkup.h"

namespace berth {

struct Trouble {
  std::string_view id;
  Severity severity = Severity::risk;
  // With two {}: the one holder and the other.
  std::string_view sentence;
  std::string_view advice;
};

// Whether the two are known to belong to different owners. False if that cannot be told.
bool are_different(const Holder& one, const Holder& other);

// What is wrong with two holders that have a port number and a protocol in common; nothing if they belong together, or
// may.
std::optional<Trouble> coexistence(const Holder& one, const Holder& other);

}  // namespace berth
