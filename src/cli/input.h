// Files that a person names on the command line.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/error.h"

namespace berth::cli {

// The whole text of a file, or of stdin if it is called "-". Errors: usage, if it cannot be read.
std::expected<std::string, Error> read_input(std::string_view path);

// Errors: usage, if there is no such file, or it cannot be read.
std::expected<void, Error> check_readable(const std::string& path);

// The same, and if it is no directory.
std::expected<void, Error> check_directory(const std::string& path);

// Where a path leads from anywhere: from the working directory, if it is relative.
std::string absolute(const std::string& path);

// Whether there is a terminal to ask somebody on.
bool can_ask();
// Whether the answer to `question` is yes.
bool ask(std::string_view question);

}  // namespace berth::cli
