// What may go to a terminal or into JSON, told independently of core/utf8.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace berth::fuzz {

struct Character {
  std::size_t length = 0;  // 0: no UTF-8
  char32_t code = 0;
};

// By the table of RFC 3629, section 4, as lengths and lowest codes.
inline Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead > 0xf7 || text.size() < length) return {};
  char32_t code = lead & (0xffU >> (length + 1));
  for (const char byte : text.substr(1, length - 1)) {
    const auto tail = static_cast<unsigned char>(byte);
    if ((tail & 0xc0U) != 0x80U) return {};
    code = (code << 6U) | (tail & 0x3fU);
  }
  constexpr char32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < lowest[length] || code > 0x10ffff || is_surrogate) return {};
  return {length, code};
}

// Control characters; line and paragraph separators; what Unicode's Bidi_Control has; zero width.
inline bool is_dangerous(char32_t code) {
  constexpr char32_t single[] = {0x7f,   0xad,   0x61c,  0x200b, 0x200c, 0x200d,
                                 0x200e, 0x200f, 0x2028, 0x2029, 0x2060, 0xfeff};
  if (code < 0x7f) return code < 0x20;
  return (code >= 0x80 && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
         std::ranges::find(single, code) != std::end(single);
}

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.length == 0) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

// `but`: a character that is let through all the same.
inline bool is_clean(std::string_view text, char32_t but = 0xffffffff) {
  while (!text.empty()) {
    const auto [length, code] = first_character(text);
    if (length == 0 || (is_dangerous(code) && code != but)) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace berth::fuzz
