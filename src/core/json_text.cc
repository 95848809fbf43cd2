#include "core/json_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

#include "core/utf8.h"

namespace berth {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

bool is_plain(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x20 && code < 0x80 && byte != '"' && byte != '\\';
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

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_odd(out, text));
  }
  out.push_back('"');
}

void append_json_number(std::string& out, std::uint64_t number) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace berth
