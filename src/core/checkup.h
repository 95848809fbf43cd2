// The whole server in one look: where the registry and the machine disagree, and what will go wrong later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/census.h"
#include "core/registry.h"

namespace berth {

// Two parties want one endpoint; the registry says one thing and the machine does another; nothing is wrong yet.
enum class Severity : std::uint8_t { conflict, drift, risk };
std::string_view to_string(Severity severity);

struct Finding {
  // Stable: scripts and docs/findings.md go by it.
  std::string_view id;
  Severity severity = Severity::risk;
  // Empty if it concerns nobody who is registered.
  std::string service = {};
  Endpoint endpoint = {};
  // Ready to be printed: names are escaped.
  std::string message = {};
  // One line each, ready to be printed.
  std::vector<std::string> advice = {};
};

// `census` is one of the whole machine, with owners. The worst first, then by port.
std::vector<Finding> check_up(const Registry& registry, const Census& census, const KernelRanges& kernel);

// What listens and is not registered, as findings of their own; by port.
std::vector<Finding> unregistered_listeners(const Registry& registry, const Census& census);

}  // namespace berth
