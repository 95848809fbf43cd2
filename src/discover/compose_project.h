// The files of a Compose project, with what they include and extend, as one.
//
// The rules: https://docs.docker.com/reference/compose-file/include/ and the `extends` of a service in
// https://docs.docker.com/reference/compose-file/services/#extends. Files that Compose would fetch from elsewhere are
// not fetched.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.h"
#include "discover/compose_service.h"
#include "discover/compose_variables.h"
#include "discover/file_tree.h"

namespace berth::discover {

struct ComposeProject {
  std::string name;
  // Complete: `extends` has been followed.
  std::vector<ComposeService> services;
  std::vector<Problem> problems;
};

// Beyond these it is taken for an attack: a problem, and no more of it is read.
inline constexpr std::size_t most_compose_files = 200;
inline constexpr std::size_t most_compose_ports = 20'000;
inline constexpr std::size_t most_compose_bytes = 4UZ << 20;
inline constexpr std::size_t largest_compose_file = 1UZ << 20;

// `files`: absolute, as for the `-f` options of Compose, the stronger last; not empty. Relative paths go from the
// directory of the first. `variables`: those of its `.env`; COMPOSE_PROJECT_NAME in it is the project's name, else the
// `name:` of the files, else the directory's name.
ComposeProject load_compose_project(const FileTree& tree, const std::vector<std::string>& files, Variables variables);

// A directory's name as Compose makes a project's name of it: in small letters, without what is neither a letter, a
// digit, `_` or `-`, and beginning with a letter or a digit. Empty if nothing is left.
std::string compose_project_name(std::string_view directory_name);

}  // namespace berth::discover
