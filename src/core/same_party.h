// Whether what is there and what a file says are about one party, and whether what is registered is somebody else's.
#pragma once

#include <vector>

#include "core/allocation.h"
#include "core/claim.h"

namespace berth {

// Whether the file is about what is there: the same compose service, or the program that the configuration belongs to.
bool is_same_party(const Claim& there, const Claim& written);

// Whether the file's container is there, but not on the port that the file says.
bool is_elsewhere(const Claim& there, const Claim& written);

// Whether the service is called as the party is, or as another port of it.
bool is_called_as(const Allocation& registered, const Party& party);

// Whether the claim is known not to be the registered service's.
bool is_somebody_else(const Claim& claim, const Allocation& registered);

// An engine shows adjacent ports as one range: here divided as the files divide them.
std::vector<Claim> divided(const std::vector<Claim>& there, const std::vector<Claim>& written);

}  // namespace berth
