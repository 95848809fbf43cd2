// What one compose file says about a service, as far as ports depend on it, and how two such sayings become one. Pure.
//
// The rules: https://docs.docker.com/reference/compose-file/merge/. Lists are appended, single values replaced;
// `!override` replaces, `!reset` takes away. `extends` follows the same rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "discover/compose_ports.h"

namespace berth::discover {

// A member of `ports:`.
struct ComposePort {
  // Where it is written.
  std::string file;
  unsigned line = 0;
  // As written; the long form as a flow mapping.
  std::string raw;
  // None if a variable of it is missing.
  std::optional<PortMapping> mapping;
  std::vector<std::string> missing;
};

// A value, and what its tag does to the value that was there before.
template <typename T>
struct Saying {
  T value = {};
  bool replaces = false;  // !override, !reset
};

struct ComposeExtends {
  std::string service;
  std::optional<std::string> file;  // none: the same
  unsigned line = 0;
};

struct ComposeService {
  std::string name;
  // Where it is written.
  std::string file;
  unsigned line = 0;

  Saying<std::vector<ComposePort>> ports = {};
  Saying<std::vector<std::string>> profiles = {};
  // "host", "service:NAME", "bridge"...; empty if it is not said. The line belongs to it.
  Saying<std::string> network_mode = {};
  unsigned network_mode_line = 0;
  std::optional<ComposeExtends> extends = {};

  // Of the whole service: !override, !reset.
  bool replaces = false;
  // !reset: there is none, unless something stronger says so.
  bool removed = false;
};

// `stronger` upon `weaker`. The name and the place are the stronger one's.
ComposeService merge(ComposeService weaker, ComposeService stronger);
// Each of `stronger` upon the service of the same name, or behind the others.
std::vector<ComposeService> merge(std::vector<ComposeService> weaker, std::vector<ComposeService> stronger);

}  // namespace berth::discover
