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

// The same for what is written a thousand times. What is written is appended to a string that nobody else may touch
// meanwhile; it has all of it when the pen is gone.
class JsonPen {
 public:
  explicit JsonPen(std::string& out);
  JsonPen(const JsonPen&) = delete;
  JsonPen& operator=(const JsonPen&) = delete;
  ~JsonPen();

  // As it is. A literal becomes a store or two.
  [[gnu::always_inline]] void text(std::string_view text) {
    make_room(text.size());
    at_ += text.copy(at_, text.size());
  }
  void number(std::uint64_t number);
  void string(std::string_view string);

 private:
  void make_room(std::size_t room) {
    if (static_cast<std::size_t>(end_ - at_) < room) grow(room);
  }
  void grow(std::size_t room);
  void use(std::size_t written, std::size_t size);

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace berth
