#include "system/unit_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "system/trimmed.h"

namespace berth::system {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

// How many bytes the character at the beginning has; 0 if it is none (RFC 3629).
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || no_character ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = length_of_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Takes the first line off `text`. A line ends with "\n", "\r", both in any order, or a zero byte.
std::string_view take_line(std::string_view& text) {
  constexpr std::string_view ends("\n\r\0", 3);
  const auto end = std::min(text.find_first_of(ends), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(end);
  if (text.empty()) return line;
  const char first = text.front();
  text.remove_prefix(1);
  const bool pair =
      !text.empty() && ((first == '\n' && text.front() == '\r') || (first == '\r' && text.front() == '\n'));
  if (pair) text.remove_prefix(1);
  return line;
}

bool ends_in_backslash(std::string_view line) {
  const auto last_other = line.find_last_not_of('\\');
  const auto backslashes = last_other == std::string_view::npos ? line.size() : line.size() - last_other - 1;
  return backslashes % 2 == 1;
}

class Reader {
 public:
  UnitText read(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (unsigned number = 1; !text.empty() && !result_.bad_line; ++number) take(take_line(text), number);
    if (!pending_.empty()) finish();
    return std::move(result_);
  }

 private:
  void take(std::string_view line, unsigned number) {
    line = without_leading_blanks(line);
    // Comments do not end a line that is continued.
    if (line.starts_with('#') || line.starts_with(';')) return;
    if (pending_.empty()) begin_ = number;
    pending_ += line;
    if (ends_in_backslash(pending_))
      pending_.back() = ' ';
    else
      finish();
  }

  void finish() {
    if (!understands(trimmed(pending_, blanks)) && !result_.bad_line) result_.bad_line = begin_;
    pending_.clear();
  }

  bool understands(std::string_view line) {
    if (line.empty()) return true;
    if (!is_utf8(line)) return false;
    if (line.front() == '[') {
      if (line.size() < 2 || line.back() != ']') return false;
      section_ = line.substr(1, line.size() - 2);
      return true;
    }
    const auto equals = line.find('=');
    if (section_.empty() || equals == std::string_view::npos || equals == 0) return true;
    result_.settings.push_back({section_, std::string(trimmed(line.substr(0, equals), blanks)),
                                std::string(trimmed(line.substr(equals + 1), blanks)), begin_});
    return true;
  }

  UnitText result_;
  std::string section_;
  std::string pending_;  // the line so far
  unsigned begin_ = 1;   // where it began
};

bool equals_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  };
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

UnitText parse_unit_text(std::string_view text) { return Reader().read(text); }

std::optional<bool> parse_unit_boolean(std::string_view value) {
  constexpr std::array<std::string_view, 6> affirmative{"1", "yes", "y", "true", "t", "on"};
  constexpr std::array<std::string_view, 6> negative{"0", "no", "n", "false", "f", "off"};
  const auto is_value = [&](std::string_view word) { return equals_without_case(word, value); };
  if (std::ranges::any_of(affirmative, is_value)) return true;
  if (std::ranges::any_of(negative, is_value)) return false;
  return std::nullopt;
}

}  // namespace berth::system
