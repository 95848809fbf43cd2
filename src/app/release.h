// Services give their ports back.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "app/context.h"

namespace berth::app {

// Removes the allocations of all `services`, or none: error negative if one is not registered. Returns what they had.
std::expected<std::vector<Allocation>, Error> release_services(const Context& context,
                                                               std::span<const std::string> services);

// Removes every allocation; the history stays.
std::expected<std::vector<Allocation>, Error> release_all(const Context& context);

}  // namespace berth::app
