// All evidence at one moment.
#pragma once

#include <memory>
#include <vector>

#include "inspect/inspector.h"

namespace berth::inspect {

using Inspectors = std::vector<std::unique_ptr<Inspector>>;

// Asks every inspector, in their order, and puts the answers together.
Census take_census(const Inspectors& inspectors, const Question& question);

}  // namespace berth::inspect
