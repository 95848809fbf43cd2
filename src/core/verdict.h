// The verdict on an endpoint: one word from all evidence, and the evidence that decided.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/census.h"
#include "core/registry.h"

namespace berth {

enum class Verdict : std::uint8_t { free, held, allocated, draining, unknown };
std::string_view to_string(Verdict verdict);

// One source's statement about one endpoint.
struct Evidence {
  Source source = Source::registry;
  // For a person: "allocated to keycloak (fixed)", "held by nginx (pid 812)", "browsers refuse it".
  std::string what;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct Judgement {
  Verdict verdict = Verdict::free;
  std::vector<Evidence> evidence;
};

// Held weighs more than allocated (the owner may be running), then draining, unknown and free.
Verdict heavier(Verdict left, Verdict right);

// The verdict on one port. `allocations` and `holders` are the ones that overlap it. A socket alone does not make a
// port held unless the probe was refused: under SO_REUSEADDR the kernel lets a server have a port that another socket
// has merely bound, or left behind.
Judgement judge(const std::vector<const Allocation*>& allocations, const std::vector<Holder>& holders,
                const Probe& probe);

}  // namespace berth
