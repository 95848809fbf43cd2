// UTF-8, as far as harmless output needs it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace berth {

// The length in bytes of the character that `text` begins with; 0 if that is not UTF-8 (RFC 3629, section 4).
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

// The code point of the character that `text` begins with, which must be UTF-8.
char32_t code_point(std::string_view text);

// What cannot move a cursor, hide or reorder text on a terminal: no control character (C0, DEL, C1), no line separator,
// nothing bidirectional or of zero width.
bool is_harmless(char32_t code);

}  // namespace berth
