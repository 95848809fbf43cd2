// Pieces of JSON text (RFC 8259), written fast: no streams, no formatting library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace berth {

// How many characters at the front stand for themselves in a JSON string, and on a terminal: ASCII but for control
// characters, quotes and backslashes.
std::size_t plain_length(std::string_view text);

// A string with its quotes. What could do harm on a terminal is escaped (core/utf8.h). What is not UTF-8 becomes
// U+FFFD, so that the result is valid whatever comes in.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::uint64_t number);

}  // namespace berth
