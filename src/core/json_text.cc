#include "core/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <limits>

#include "core/utf8.h"

namespace berth {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";
constexpr std::size_t most_digits = std::numeric_limits<std::uint64_t>::digits10 + 1;

bool is_plain(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x20 && code < 0x7f && byte != '"' && byte != '\\';
}

// So many at once: a comparison sets all bits of the bytes for which it holds.
using Chunk [[gnu::vector_size(16)]] = unsigned char;
constexpr auto chunk_size = sizeof(Chunk);

// How many bytes at the front are plain.
std::size_t plain_bytes(const char* chunk) {
  Chunk bytes;
  std::memcpy(&bytes, chunk, chunk_size);
  const auto odd = (bytes < 0x20) | (bytes > 0x7e) | (bytes == '"') | (bytes == '\\');
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &odd, chunk_size);
  constexpr bool first_is_lowest = std::endian::native == std::endian::little;
  constexpr std::size_t bits = 8;
  std::size_t length = 0;
  for (const auto half : halves) {
    length += static_cast<std::size_t>(first_is_lowest ? std::countr_zero(half) : std::countl_zero(half)) / bits;
    if (half != 0) break;
  }
  return length;
}

void append_hexadecimal(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\u");
  for (const auto shift : {12U, 8U, 4U, 0U}) out.push_back(digits[(unit >> shift) & 0xfU]);
}

void append_escape(std::string& out, char32_t code) {
  switch (code) {
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
      break;
  }
  constexpr char32_t first_of_two_units = 0x10000;
  if (code < first_of_two_units) {
    append_hexadecimal(out, code);
  } else {
    append_hexadecimal(out, 0xd800 + ((code - first_of_two_units) >> 10U));
    append_hexadecimal(out, 0xdc00 + ((code - first_of_two_units) & 0x3ffU));
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
  const auto length = utf8_length(text);
  if (length == 0) {
    out.append(replacement_character);
    return 1;
  }
  // JSON would allow more; but it is shown on terminals too.
  if (const auto code = code_point(text); !is_harmless(code)) {
    append_escape(out, code);
  } else {
    out.append(text.substr(0, length));
  }
  return length;
}

}  // namespace

std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  while (text.size() - length >= chunk_size) {
    const auto plain = plain_bytes(text.data() + length);
    length += plain;
    if (plain < chunk_size) return length;
  }
  if (length > 0) {
    // The rest, together with what is known to be plain before it.
    const auto begin = text.size() - chunk_size;
    return begin + plain_bytes(text.data() + begin);
  }
  while (length < text.size() && is_plain(text[length])) ++length;
  return length;
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_odd(out, text));
  }
  out.push_back('"');
}

void append_json_number(std::string& out, std::uint64_t number) {
  std::array<char, most_digits> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

JsonPen::JsonPen(std::string& out) : out_(out) { use(out.size(), out.capacity()); }

JsonPen::~JsonPen() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

// Lets the string have `size` characters, of which `written` are there.
void JsonPen::use(std::size_t written, std::size_t size) {
  out_.resize_and_overwrite(size, [](char*, std::size_t all) { return all; });
  at_ = out_.data() + written;
  end_ = out_.data() + size;
}

void JsonPen::grow(std::size_t room) {
  const auto written = static_cast<std::size_t>(at_ - out_.data());
  use(written, std::max(written + room, 2 * out_.size()));
}

void JsonPen::number(std::uint64_t number) {
  make_room(most_digits);
  at_ = std::to_chars(at_, end_, number).ptr;
}

void JsonPen::string(std::string_view string) {
  if (plain_length(string) == string.size()) {
    make_room(string.size() + 2);
    *at_++ = '"';
    at_ += string.copy(at_, string.size());
    *at_++ = '"';
    return;
  }
  std::string escaped;
  append_json_string(escaped, string);
  text(escaped);
}

}  // namespace berth
