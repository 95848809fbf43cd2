// Taking over what a server has already: old registries, and running listeners that the operator names.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "app/context.h"
#include "core/plan.h"

namespace berth::app {

// "This service is the one that listens there."
struct Running {
  std::string service;
  Endpoint endpoint;
};

struct MigrationRequest {
  // Registries to take over, in either of the old formats or the present one.
  std::span<store::Store* const> sources;
  std::span<const Running> running;
};

// What a migration would do; nothing is written. Without sources and names it proposes every listener that is not
// registered, as `skip`, for the operator to name. Errors: usage (a bad name), unseen (nothing listens where the
// operator says so), those of the stores.
std::expected<Plan, Error> plan_migration(const Context& context, const MigrationRequest& request);

// Publishes all that the plan adds, in one commit. What has changed since the plan was made is planned anew.
std::expected<Plan, Error> apply_migration(const Context& context, const Plan& plan);

}  // namespace berth::app
