// What the words of a command line, or the lines of a file, ask for.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "core/error.h"
#include "core/policy.h"

namespace berth::cli {

// --within A-B. Errors: usage.
std::expected<std::optional<PortRange>, Error> within_of(const Arguments& arguments);

// SERVICE SPEC [fixed|flexible]. Errors: usage.
std::expected<Request, Error> parse_request(const std::vector<std::string_view>& words);

// How many requests it may have at most.
std::size_t count_lines(std::string_view text);

// A file of requests: one a line, blanks between the words, # begins a comment.
// Errors: usage, with the number of the line; also when a service is named twice, or nothing is asked for.
std::expected<std::vector<Request>, Error> parse_batch(std::string_view text);

}  // namespace berth::cli
