// One compose file: its services, and the files that it wants. Pure.
//
// The format: https://docs.docker.com/reference/compose-file/. Also the format of before 2016, in which the services
// stand at the top.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/discovery.h"
#include "discover/compose_service.h"
#include "discover/compose_variables.h"
#include "discover/yaml_tree.h"

namespace berth::discover {

// A member of `include:`. All paths as written, variables resolved.
struct ComposeInclude {
  unsigned line = 0;
  std::vector<std::string> paths = {};
  std::optional<std::string> project_directory = {};
  std::vector<std::string> env_files = {};
};

struct ComposeFile {
  std::vector<ComposeService> services;
  std::vector<ComposeInclude> includes;
  // What Compose would refuse; the rest has been read.
  std::vector<Problem> problems;
};

// The top-level `name:`, the last document's; none if there is none or a variable of it is missing.
std::optional<std::string> compose_name(const YamlTree& yaml, const Variables& variables);

// `path` is for the places. No more than `most_ports` are read: what is beyond is a problem.
ComposeFile read_compose_file(const YamlTree& yaml, const std::string& path, const Variables& variables,
                              std::size_t most_ports);

}  // namespace berth::discover
