// Pieces of JSON text (RFC 8259), written fast: no streams, no formatting library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace berth::store {

// How many characters at the front stand for themselves in a string: ASCII but for control characters, quotes and
// backslashes. Inline, because nearly all of a registry is made of such.
inline std::size_t plain_length(std::string_view text);

// A string with its quotes. What is not UTF-8 becomes U+FFFD, so that the result is valid whatever comes in.
void append_string(std::string& out, std::string_view text);

void append_number(std::string& out, std::uint64_t number);

// Valid JSON without the white space between its tokens; strings and numbers stay as they were written.
std::string compact(std::string_view json);

// Eight at a time; in each test, the top bit of a byte is set if that byte is not plain. What comes after the first
// such byte may be wrong, so the exact place is for the loop at the end to find.
inline std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t top_bits = ones * 0x80;
  std::size_t length = 0;
  for (; text.size() - length >= sizeof(std::uint64_t); length += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + length, sizeof(bytes));
    const auto is_zero = [](std::uint64_t values) { return (values - ones) & ~values; };
    const auto is_control = (bytes - ones * ' ') & ~bytes;
    if (((bytes | is_control | is_zero(bytes ^ ones * '"') | is_zero(bytes ^ ones * '\\')) & top_bits) != 0) break;
  }
  const auto is_plain = [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= ' ' && code < 0x80 && byte != '"' && byte != '\\';
  };
  while (length < text.size() && is_plain(text[length])) ++length;
  return length;
}

}  // namespace berth::store
