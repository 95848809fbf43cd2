// The text of a `.env` file, as Compose reads it. Pure.
//
// The rules:
// https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discover/compose_variables.h"

namespace berth::discover {

struct Dotenv {
  struct Fault {
    unsigned line = 0;  // from 1
    std::string message;
    friend bool operator==(const Fault&, const Fault&) = default;
  };

  Variables variables;
  // The lines that Compose refuses; the others have been read.
  std::vector<Fault> faults;
};

// `KEY=VALUE` or `KEY: VALUE`, `export` before it or not; `#` comments; single quotes keep everything, double quotes
// know escapes and variables, both go over several lines; without quotes the value ends before ` #`. A value may use
// variables of the lines above and of `known`, which win. `KEY` alone is what `known` says, or nothing.
Dotenv parse_dotenv(std::string_view text, const Variables& known = {});

}  // namespace berth::discover
