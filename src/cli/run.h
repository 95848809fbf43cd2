// The command line, from its words to the exit code.
#pragma once

#include <span>
#include <string_view>

#include "cli/session.h"

namespace berth::cli {

// `words` without the program's name. Prints the answer and everything else; returns the exit code.
int run(const Backstage& backstage, std::span<const std::string_view> words);

}  // namespace berth::cli
