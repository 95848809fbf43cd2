#include "core/utf8.h"

namespace berth {

std::size_t utf8_length(std::string_view text) {
  const auto at = [text](std::size_t index) -> unsigned {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto is_tail = [at](std::size_t index) { return (at(index) & 0xc0U) == 0x80U; };
  const unsigned lead = at(0);
  const unsigned second = at(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return is_tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool is_overlong = lead == 0xe0 && second < 0xa0;
    const bool is_surrogate = lead == 0xed && second > 0x9f;
    return is_tail(1) && is_tail(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4) return 0;
  const bool is_overlong = lead == 0xf0 && second < 0x90;
  const bool is_too_large = lead == 0xf4 && second > 0x8f;
  return is_tail(1) && is_tail(2) && is_tail(3) && !is_overlong && !is_too_large ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

char32_t code_point(std::string_view text) {
  const auto length = utf8_length(text);
  const auto lead = static_cast<unsigned char>(text.front());
  auto code = static_cast<char32_t>(length == 1 ? lead : lead & (0x7fU >> length));
  for (const char byte : text.substr(1, length - 1)) {
    code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3fU);
  }
  return code;
}

bool is_harmless(char32_t code) {
  const auto in = [code](char32_t first, char32_t last) { return first <= code && code <= last; };
  return code >= 0x20 && !in(0x7f, 0x9f) && code != 0xad && code != 0x61c && !in(0x200b, 0x200f) &&
         !in(0x2028, 0x202e) && !in(0x2060, 0x206f) && code != 0xfeff && !in(0xfff9, 0xfffb) && !in(0xe0000, 0xe007f);
}

}  // namespace berth
