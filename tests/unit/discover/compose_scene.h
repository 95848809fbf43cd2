// What the discoverer of compose projects makes of files that a test spells out.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "discover/compose.h"
#include "unit/discover/memory_tree.h"

namespace berth::tests {

using Files = std::map<std::string, std::string>;

// Of all files of /srv/app that it recognizes.
inline Discovery discover(const Files& files) {
  const MemoryTree tree(files);
  const discover::ComposeDiscoverer compose;
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (path == "/srv/app/" + name && compose.recognizes(name)) paths.push_back(path);
  }
  return compose.read(tree, paths);
}

// "web 8080/tcp -> 80", "web ephemeral -> 80", "web unresolved PORT", "web unresolved: why".
inline std::string line_of(const Found& found) {
  auto line = found.member + " ";
  if (found.endpoint) {
    line += to_string(*found.endpoint);
  } else {
    line += to_string(found.state);
  }
  if (found.target) line += " -> " + to_string(*found.target);
  for (const auto& variable : found.variables) line += " " + variable;
  if (!found.why.empty()) line += ": " + found.why;
  return found.optional ? line + " (optional)" : line;
}
inline std::vector<std::string> lines_of(const Discovery& discovery) {
  std::vector<std::string> lines;
  for (const auto& found : discovery.found) lines.push_back(line_of(found));
  return lines;
}
inline std::vector<std::string> problems_of(const Discovery& discovery) {
  std::vector<std::string> lines;
  for (const auto& problem : discovery.problems)
    lines.push_back(problem.file + ":" + std::to_string(problem.line) + ": " + problem.message);
  return lines;
}

}  // namespace berth::tests
