// Taking over what a server has already: old registries, what runs and what is written down.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "app/context.h"
#include "core/census.h"
#include "core/plan.h"
#include "core/take_over.h"

namespace berth::app {

// "This service is the one that listens there."
struct Running {
  std::string service;
  Endpoint endpoint;
};

struct MigrationRequest {
  // Registries to take over, in either of the old formats or the present one.
  std::span<store::Store* const> sources = {};
  std::span<const Running> running = {};
  // What files say.
  const Discovery* discovery = nullptr;
  // Whether all that listens, is published or declared on this machine is taken over, or only what files are about.
  bool whole_machine = false;
};

struct Migration {
  std::vector<NamedFinding> found;
  Plan plan;
  // What of the machine could not be looked at, as far as the plan is about the machine.
  std::vector<BlindSpot> blind_spots = {};
};

// What a migration would do; nothing is written. Errors: usage (a bad name), unseen (nothing listens where the
// operator says so), those of the stores.
std::expected<Migration, Error> plan_migration(const Context& context, const MigrationRequest& request);

// Publishes all that the plan adds, in one commit. What has changed since the plan was made is planned anew.
std::expected<Plan, Error> apply_migration(const Context& context, const Plan& plan);

}  // namespace berth::app
