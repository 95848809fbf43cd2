// What container engines leave on the disk, for when they do not answer.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "core/census.h"
#include "inspect/engine_answers.h"
#include "system/error.h"

namespace berth::inspect {

struct StoredContainers {
  std::vector<EngineContainer> containers;
  // Of how many the settings could not be read.
  unsigned unreadable = 0;
};

// Docker's folder: `storage`/containers/*, or that of the folder that daemon.json (`settings`) names. No such folder:
// no containers. Errors: those of opendir(3).
std::expected<StoredContainers, system::Error> read_docker_storage(const std::string& storage,
                                                                   const std::string& settings);

struct StoredNames {
  // How many containers there are.
  unsigned count = 0;
  // Those with processes, by the pid files in `running`. Whether these still live is not looked at.
  std::vector<KnownContainer> containers;
};

// Podman's folder: `storage`/overlay-containers/containers.json. Its ports are in a database, and not read. Errors:
// those of read_file(); EBADMSG for what is not that file.
std::expected<StoredNames, system::Error> read_podman_storage_folder(const std::string& storage,
                                                                     const std::string& running);

}  // namespace berth::inspect
