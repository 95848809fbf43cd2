// The ports of this machine that rules take, as holders. Pure.
#pragma once

#include <vector>

#include "core/census.h"
#include "inspect/nat_rules.h"
#include "system/local_addresses.h"

namespace berth::inspect {

// What the rules took, and the addresses that this machine has. A destination elsewhere is no port of this machine; nor
// is a redirect that leaves the port as it is: it ends where it would have ended.
//
// A rule that takes more than half of all ports is a blind spot instead of a holder: it is the same for every port, and
// so no reason to prefer one to another. It hides holders if a condition could not be read, which may be one on ports.
Census holders_of(const std::vector<Taken>& taken, const std::vector<system::AddressSpan>& local);

}  // namespace berth::inspect
