// UTF-8, as far as harmless output needs it.
#pragma once

#include <cstddef>
#include <string_view>

namespace berth {

// The length in bytes of the character that `text` begins with; 0 if that is not UTF-8 (RFC 3629, section 4).
std::size_t utf8_length(std::string_view text);

}  // namespace berth
