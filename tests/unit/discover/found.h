// What a discoverer found in files that a test spells out, in words.
#pragma once

#include <string>
#include <vector>

#include "discover/discoverer.h"
#include "unit/discover/memory_tree.h"

namespace berth::tests {

// "0.0.0.0:80/tcp", "[::]:80/tcp v6only", "a:80 unresolved: why", "... unresolved $A $B", "... ephemeral".
inline std::string in_words(const Found& found) {
  if (found.endpoint) return to_string(*found.endpoint) + (found.endpoint->address.is_v6only() ? " v6only" : "");
  auto text = found.raw + " " + std::string(to_string(found.state));
  for (const auto& name : found.variables) text += " $" + name;
  return found.why.empty() ? text : text + ": " + found.why;
}

inline std::vector<std::string> in_words(const std::vector<Found>& found) {
  std::vector<std::string> words;
  for (const auto& each : found) words.push_back(in_words(each));
  return words;
}

// "file:line: message"
inline std::vector<std::string> in_words(const std::vector<Problem>& problems) {
  std::vector<std::string> words;
  for (const auto& each : problems) {
    words.push_back(each.file + ":" + std::to_string(each.line) + ": " + each.message);
  }
  return words;
}

}  // namespace berth::tests
