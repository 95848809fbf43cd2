// How a decision is told: as JSON, and in words.
#pragma once

#include <string>

#include "cli/json.h"
#include "cli/output.h"
#include "core/policy.h"

namespace berth::cli {

void write_decision_members(Json& json, const Decision& decision);

// Warnings and notes; with `explain` every candidate that was skipped.
void tell(Output& out, const Decision& decision, bool explain);

}  // namespace berth::cli
