// What a migration finds: ports that somebody has written down. Values, from whatever source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"
#include "core/owner.h"

namespace berth {

// One port (or contiguous ports) as a file declares it, or that something runs on.
struct Found {
  enum class State : std::uint8_t {
    declared,    // a file says so; whether it runs is not known
    running,     // it is there right now
    ephemeral,   // the machine chooses the port at each start: nothing to register
    unresolved,  // the port depends on what is not known here: `variables`, or whatever `why` says
  };

  // Who found it: "compose", "nginx", "apache", "haproxy", "caddy", "traefik", "registry", or the word of a `Source`.
  std::string source;
  // Where it is written; the line, from 1, or 0 if it has none.
  std::string file = {};
  unsigned line = 0;
  // What it is called there. `group`: the compose project, the program ("nginx"), the unit; `member`: the compose
  // service, the entry point, the site, if there is one. As written, whether or not it would do as a service's name.
  std::string group = {};
  std::string member = {};
  State state = State::declared;
  // None unless `declared` or `running`.
  std::optional<Endpoint> endpoint = {};
  // The ports behind it, in the container.
  std::optional<PortRange> target = {};
  // The text that says so, as written: "${PORT:-8080}:80".
  std::string raw = {};
  // The variables without a value that it depends on, in the order of their appearance, each once.
  std::vector<std::string> variables = {};
  // Why it is unresolved where no variable is to blame; empty otherwise.
  std::string why = {};
  // It starts only when somebody asks for it by name: a service with profiles.
  bool optional = false;
  Owner owner = {};

  friend bool operator==(const Found&, const Found&) = default;
};
// The words of the JSON answers.
std::string_view to_string(Found::State state);

// What could not be read or understood; the rest has been found all the same.
struct Problem {
  std::string file;
  unsigned line = 0;  // from 1; 0 if it is about the whole file
  std::string message;

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Discovery {
  std::vector<Found> found;
  std::vector<Problem> problems;
  // Files that are called as registries are.
  std::vector<std::string> registries = {};
};

}  // namespace berth
