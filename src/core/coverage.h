// How much of a port that is found is registered.
#pragma once

#include <vector>

#include "core/allocation.h"

namespace berth {

// Whether whoever has `all` has `some`.
bool covers(const Endpoint& all, const Endpoint& some);

// The smallest endpoint that covers both, with the ports between them.
Endpoint united(const Endpoint& left, const Endpoint& right);

// What of `endpoint` none of `registered` has, in ascending order.
std::vector<Endpoint> uncovered(const Endpoint& endpoint, const std::vector<const Allocation*>& registered);

}  // namespace berth
