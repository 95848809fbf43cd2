// Where answers and talk go: stdout is the answer alone, everything else is stderr.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace berth::cli {

enum class Stream : unsigned char { answer, talk };

enum class Colour : unsigned char { none, green, yellow, red, dim, bold };

class Output {
 public:
  bool json = false;
  bool plain = false;
  bool quiet = false;

  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Appends to the answer. Nothing is written before flush().
  void answer(std::string_view text) { answer_.append(text); }
  void answer_line(std::string_view text);
  // Writes the answer, as far as there is one. An error if stdout did not take it all, now or before; a closed pipe
  // counts as taken: nobody reads on.
  std::expected<void, Error> flush();
  void drop_answer() { answer_.clear(); }

  // Columns of the terminal; 0 if it is none, or does not say.
  static std::size_t width(Stream stream);

  // "berth: TEXT" on stderr; lines after the first are indented. A note is dropped by --quiet and under --json.
  void note(std::string_view text);
  void warn(std::string_view text);
  void error(std::string_view message, std::string_view hint);
  // As it stands.
  void talk(std::string_view text);

  // `text` in that colour if stdout is a terminal that shows colours; NO_COLOR (no-color.org) and TERM=dumb say no.
  std::string paint(Colour colour, std::string_view text) const;
  // The same, for where the text will be written.
  void append_painted(std::string& to, Stream stream, Colour colour, std::string_view text) const;

 private:
  // Asked only when there is something to paint.
  class Terminal {
   public:
    explicit Terminal(int fd) : fd_(fd) {}
    void append(std::string& to, Colour colour, std::string_view text) const;

   private:
    int fd_;
    mutable std::optional<bool> coloured_;
  };

  std::string answer_;
  int failure_ = 0;  // an errno, of the first time that stdout did not take everything
  Terminal stdout_{1};
  Terminal stderr_{2};
};

}  // namespace berth::cli
