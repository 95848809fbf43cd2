// Questions that the registry answers, with a glance at the machine where it is asked for.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/context.h"
#include "core/conflict.h"

namespace berth::app {

// The allocation of a service; nullopt if it has none.
std::expected<std::optional<Allocation>, Error> find_allocation(const Context& context, std::string_view service);

struct Listing {
  struct Row {
    const Allocation* allocation;  // in the registry
    State state;
  };
  Registry registry;
  std::vector<Row> rows;
  std::vector<BlindSpot> blind_spots;
};

// All allocations, or those of `services`, with their states. Error: negative for a service that is not registered.
std::expected<Listing, Error> list_allocations(const Context& context, std::span<const std::string> services);

// "not registered", with the nearest name there is.
Error not_registered(std::string_view service, const Registry& registry);

}  // namespace berth::app
