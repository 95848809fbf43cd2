// All evidence at one moment.
#pragma once

#include <memory>
#include <vector>

#include "inspect/inspector.h"

namespace berth::inspect {

using Inspectors = std::vector<std::unique_ptr<Inspector>>;

// Asks those inspectors that the question is meant for and that have something to look at, and puts the answers
// together in the inspectors' order. While one waits for an answer, the others work. Names are completed out of each
// other (core/attribution.h).
Census take_census(const Inspectors& inspectors, const Question& question);

}  // namespace berth::inspect
