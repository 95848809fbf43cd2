// What a plan of taking over says about each thing: the evidence, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/allocation.h"
#include "core/claim.h"
#include "core/discovery.h"

namespace berth::reasons {

// "/srv/blog/compose.yaml:7: ${PORT}:80: no value for PORT"
std::string unresolved(const Found& found);
// Of a port that its program seems to have chosen by chance, or of whom nobody can name.
std::string nameless(const Claim& claim);
// Of what is written down, and is there on another port.
std::string running_elsewhere(const Claim& written, const Claim& there);
// Another one has what the claim is about, or wants it, too.
std::string lost_to(const Claim& claim, const Claim& other);
std::string rival_of(const Claim& claim, const Claim& other);
// The port is somebody else's, who may be on another one himself.
std::string allocated(const Claim& claim, const Allocation& registered, const Claim* itself);
// The registered services have some of what was found, but for `missing`.
std::string in_part(const Claim& claim, const std::vector<const Allocation*>& registered,
                    const std::vector<Endpoint>& missing);

}  // namespace berth::reasons
