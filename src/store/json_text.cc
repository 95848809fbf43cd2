#include "store/json_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

namespace berth::store {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

// The length of the character that `text` begins with, 0 if that is not UTF-8 (RFC 3629, section 4).
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

void append_control(std::string& out, char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out.append("\\n");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\r':
      out.append("\\r");
      return;
    default:
      out.append("\\u00");
      out.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
      out.push_back(digits[static_cast<unsigned char>(byte) & 0x0f]);
  }
}

// Appends the character that `text` begins with; its length.
std::size_t append_odd(std::string& out, std::string_view text) {
  const char byte = text.front();
  if (byte == '"' || byte == '\\') {
    out.push_back('\\');
    out.push_back(byte);
    return 1;
  }
  if (static_cast<unsigned char>(byte) < 0x20) {
    append_control(out, byte);
    return 1;
  }
  const auto length = utf8_length(text);
  out.append(length == 0 ? replacement_character : text.substr(0, length));
  return length == 0 ? 1 : length;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_odd(out, text));
  }
  out.push_back('"');
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

std::string compact(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char byte = json[at];
    if (in_string && byte == '\\' && at + 1 < json.size()) {
      out.append(json.substr(at++, 2));
      continue;
    }
    if (byte == '"') in_string = !in_string;
    const bool is_space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
    if (in_string || !is_space) out.push_back(byte);
  }
  return out;
}

}  // namespace berth::store
