// Telling a port that is in use from one that another prober had for an instant.
#pragma once

#include <functional>

#include "core/census.h"

namespace berth::inspect {

// Probes until the answer is another than `in_use`, or `is_seen` finds a socket that explains it; three times at most.
// For UDP alone: two probes of one UDP port see each other, those of a TCP port do not.
Probe retry_probe(const std::function<Probe()>& probe, const std::function<bool()>& is_seen);

}  // namespace berth::inspect
