// The whole server in one look.
#pragma once

#include <cstddef>
#include <expected>
#include <vector>

#include "app/context.h"
#include "core/checkup.h"

namespace berth::app {

struct CheckReport {
  // The worst first.
  std::vector<Finding> findings;
  std::vector<BlindSpot> blind_spots;
  // How much was looked at.
  std::size_t allocations = 0;
  std::size_t holders = 0;
};

// `all`: listeners that are not registered are findings, too.
std::expected<CheckReport, Error> check_server(const Context& context, bool all);

}  // namespace berth::app
