// Why a service has the port that it has.
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "app/context.h"
#include "app/who.h"
#include "core/conflict.h"

namespace berth::app {

struct Explanation {
  Allocation allocation;
  State state = State::unknown;
  // The commit that gave the service this port; nullopt if the history does not go back so far.
  std::optional<store::Commit> origin;
  // That commit's record of the service.
  std::optional<store::Record> record;
  // Commits after that one which changed something else about it, its kind for example; the oldest first.
  std::vector<store::Commit> later;
  // How its own port looks now, and the preferred one if it is another.
  PortReport own;
  std::optional<PortReport> preferred;
};

// Error: negative if the service is not registered.
std::expected<Explanation, Error> explain_service(const Context& context, std::string_view service);

}  // namespace berth::app
