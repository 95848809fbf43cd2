// A section of HAProxy's configuration and what it comes to listen on once it has been read to its end.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.h"
#include "discover/findings.h"
#include "discover/truth.h"

namespace berth::discover {

enum class HaproxySectionKind : std::uint8_t { global, defaults, proxy, peers, log_forward, other };

// The kind of section that a line begins with this first word, or nullopt if it begins none.
std::optional<HaproxySectionKind> haproxy_section_kind(std::string_view word);

struct HaproxySection {
  HaproxySectionKind kind = HaproxySectionKind::other;
  std::string name = {};
  Truth is_disabled = Truth::no;
  std::vector<Found> listens = {};
  // Of peers: whether the machine is one of them. Only then does the section listen.
  Truth is_local = Truth::no;

  // Without what a disabled section or one of other machines' peers would listen on; unresolved where that is unknown.
  void report(Findings& findings);
};

}  // namespace berth::discover
