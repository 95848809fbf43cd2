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

// The same for what is written a thousand times: the room for several pieces is made once, and what was not used is
// given back at the end. The string must not be touched by others meanwhile.
class JsonPen {
 public:
  static constexpr std::size_t room_for_number = 20;
  static constexpr std::size_t room_for(std::string_view string) { return 6 * string.size() + 2; }

  // For at most `room` characters.
  JsonPen(std::string& out, std::size_t room);
  JsonPen(const JsonPen&) = delete;
  JsonPen& operator=(const JsonPen&) = delete;
  ~JsonPen();

  void text(std::string_view literal) { at_ += literal.copy(at_, literal.size()); }
  void number(std::uint64_t number);
  void string(std::string_view string);

 private:
  std::string& out_;
  char* at_;
};

}  // namespace berth
