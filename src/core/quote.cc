#include "core/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/utf8.h"

namespace berth {
namespace {

constexpr std::size_t longest_quote = 80;

struct Character {
  char32_t code;
  std::size_t length;
};

// The character at the start of `text`; nullopt if it is not UTF-8.
std::optional<Character> decode(std::string_view text) {
  const auto length = utf8_length(text);
  if (length == 0) return std::nullopt;
  const auto lead = static_cast<std::uint8_t>(text.front());
  auto code = static_cast<char32_t>(length == 1 ? lead : lead & (0x7f >> length));
  for (const char byte : text.substr(1, length - 1)) {
    code = (code << 6) | (static_cast<std::uint8_t>(byte) & 0x3f);
  }
  return Character{code, length};
}

bool is_dangerous(char32_t code) {
  const auto in = [code](char32_t first, char32_t last) { return first <= code && code <= last; };
  return code < 0x20 || in(0x7f, 0x9f) || code == 0xad || code == 0x61c || in(0x200b, 0x200f) || in(0x2028, 0x202e) ||
         in(0x2060, 0x206f) || code == 0xfeff || in(0xfff9, 0xfffb) || in(0xe0000, 0xe007f);
}

void append_escaped(std::string& out, Character character, std::string_view raw) {
  switch (character.code) {
    case '\n':
      out.append("\\n");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\\':
      out.append("\\\\");
      return;
    default:
      break;
  }
  if (!is_dangerous(character.code)) {
    out.append(raw);
  } else if (character.code < 0x80) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(character.code));
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<unsigned>(character.code));
  }
}

}  // namespace

std::string escape(std::string_view text) {
  // Nearly every text is harmless as it is.
  const auto harmless = [](char byte) { return byte >= ' ' && byte < '\x7f' && byte != '\\'; };
  if (std::ranges::all_of(text, harmless)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto character = decode(text);
    if (character) {
      append_escaped(out, *character, text.substr(0, character->length));
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint8_t>(text.front()));
    }
    text.remove_prefix(character ? character->length : 1);
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "'";
  for (const char byte : escape(text.substr(0, longest_quote))) {
    if (byte == '\'') out.push_back('\\');
    out.push_back(byte);
  }
  return out.append(text.size() > longest_quote ? "...'" : "'");
}

}  // namespace berth
