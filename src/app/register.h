// Services ask for ports.
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "app/context.h"
#include "core/policy.h"

namespace berth::app {

// What the requests would get at this moment; nothing is written and no lock is taken.
std::expected<Outcome, Error> plan_registration(const Context& context, std::span<const Request> requests);

// Decides and publishes, all requests or none. A registry that already says so is neither locked nor written.
// Errors: those of decide() and of the store; usage for a bad service name.
std::expected<std::vector<Decision>, Error> register_services(const Context& context,
                                                              std::span<const Request> requests);

// The next `count` ports that a flexible request would get; nothing is recorded.
std::expected<std::vector<Decision>, Error> next_ports(const Context& context, const Endpoint& preferred,
                                                       std::optional<PortRange> within, unsigned count);

}  // namespace berth::app
