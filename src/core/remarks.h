// Rules about port numbers: what is worth knowing of a port that was asked for, and a reason not to give it to somebody
// who asked for another.
#pragma once

#include <optional>
#include <vector>

#include "core/census.h"
#include "core/verdict.h"

namespace berth {

// A rule that concerns some of the ports.
struct Remark {
  PortRange ports;
  Evidence evidence;
};

// The ephemeral range, if it overlaps.
std::optional<Remark> remark_on_ephemeral(const Endpoint& endpoint, const KernelRanges& kernel);
// The first kernel-reserved range that overlaps.
std::optional<Remark> remark_on_reserved(const Endpoint& endpoint, const KernelRanges& kernel);
// The first port that web browsers refuse; none for UDP.
std::optional<Remark> remark_on_browsers(const Endpoint& endpoint);

// All of them.
std::vector<Evidence> remarks_on(const Endpoint& endpoint, const KernelRanges& kernel);

}  // namespace berth
