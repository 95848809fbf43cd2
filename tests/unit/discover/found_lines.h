// What was found, as a line each, for tests to compare: "443/tcp example.com", "? DOMAIN" for a variable without a
// value, "?" for what is unresolved otherwise, "any" for a port that the machine chooses.
#pragma once

#include <string>
#include <vector>

#include "core/discovery.h"

namespace berth::tests {

inline std::string found_line(const Found& found) {
  std::string line = found.endpoint ? to_string(*found.endpoint) : "?";
  if (found.endpoint && found.endpoint->address.is_v6only()) line += " v6only";
  if (found.state == Found::State::ephemeral) line = "any";
  for (const auto& variable : found.variables) line += " " + variable;
  if (!found.member.empty()) line += " " + found.member;
  return line;
}

inline std::vector<std::string> found_lines(const Discovery& discovery) {
  std::vector<std::string> lines;
  for (const auto& found : discovery.found) lines.push_back(found_line(found));
  return lines;
}

}  // namespace berth::tests
