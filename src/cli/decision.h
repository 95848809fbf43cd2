// How a decision is told: as JSON, and in words.
#pragma once

#include <string>

#include "cli/json.h"
#include "cli/output.h"
#include "core/policy.h"

namespace berth::cli {

// Whether the decision is about a service that has a name, and not about just any next port.
enum class Named : bool { no, yes };

void write_decision_members(Json& json, const Decision& decision, Named named = Named::yes);

// Warnings and notes; with `explain` every candidate that was skipped.
void tell(Output& out, const Decision& decision, bool explain);

}  // namespace berth::cli
