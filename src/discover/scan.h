// Looks through directories for all that a discoverer recognizes.
//
// Not gone into: symbolic links, what is not a directory, file systems of the kernel (/proc), `.git` and
// `node_modules`, and what lies deeper than 32 directories. What cannot be read is a problem of the answer.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/discovery.h"
#include "discover/discoverer.h"

namespace berth::discover {

using Discoverers = std::vector<std::unique_ptr<Discoverer>>;

struct Scan {
  // Files and directories; without any the usual ones: /opt, /srv, /home, /root, /var/lib/docker/compose, and
  // each discoverer's usual files.
  std::vector<std::string> paths = {};
  // The root of an installation that does not run; empty for this machine.
  std::string root = {};
  // Called for every directory, with how many there were.
  std::function<void(std::size_t directories)> progress = [](std::size_t) {};
};

// `paths` are absolute. A file that is named and that no discoverer recognizes is taken for a registry, or, if its name
// ends with .yml or .yaml, for a compose file.
Discovery scan(const Discoverers& discoverers, const Scan& what);

}  // namespace berth::discover
