// How everything known about an endpoint is told.
#pragma once

#include <string>

#include "app/who.h"
#include "cli/output.h"

namespace berth::cli {

std::string json_of(const app::PortReport& report);

// "8080/tcp is held by nginx (pid 812, unit nginx.service, 0.0.0.0)", in one line.
std::string sentence_of(const app::PortReport& report);

// The whole, in the order in which a person asks: verdict, registry, holders, blind spots, what to do.
std::string text_of(const app::PortReport& report, const Output& out);

Colour colour_of(Verdict verdict);

}  // namespace berth::cli
