#include "core/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "core/utf8.h"

namespace berth {
namespace {

constexpr std::size_t longest_quote = 80;

void append_escaped(std::string& out, std::string_view character) {
  const auto code = code_point(character);
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
    case '\\':
      out.append("\\\\");
      return;
    default:
      break;
  }
  if (is_harmless(code)) {
    out.append(character);
  } else if (code < 0x80) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(code));
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<unsigned>(code));
  }
}

// As many whole characters of a longer text as a quote shows.
std::size_t length_of_start(std::string_view text) {
  std::size_t length = 0;
  while (true) {
    const auto next = length + std::max<std::size_t>(1, utf8_length(text.substr(length)));
    if (next > longest_quote) return length;
    length = next;
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
    const auto length = utf8_length(text);
    if (length > 0) {
      append_escaped(out, text.substr(0, length));
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return out;
}

std::string quote(std::string_view text) {
  const auto length = text.size() > longest_quote ? length_of_start(text) : text.size();
  std::string out = "'";
  for (const char byte : escape(text.substr(0, length))) {
    if (byte == '\'') out.push_back('\\');
    out.push_back(byte);
  }
  return out.append(length < text.size() ? "...'" : "'");
}

namespace {

bool is_harmless_text(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0 || !is_harmless(code_point(text.substr(0, length)))) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Three octal digits end where they end, whatever follows; all shells that know $'...' know them.
std::string with_octal_escapes(std::string_view text) {
  std::string word = "$'";
  for (const char byte : text) {
    if (byte >= ' ' && byte < '\x7f' && byte != '\'' && byte != '\\') {
      word.push_back(byte);
    } else {
      fmt::format_to(std::back_inserter(word), "\\{:03o}", static_cast<unsigned char>(byte));
    }
  }
  return word.append("'");
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!is_harmless_text(text)) return with_octal_escapes(text);
  constexpr std::string_view for_the_shell = " \t\n\"'\\$`*?[]{}()<>|&;!#~";
  if (!text.empty() && text.find_first_of(for_the_shell) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      word.append("'\\''");
    } else {
      word.push_back(byte);
    }
  }
  return word.append("'");
}

std::string operands(std::initializer_list<std::string_view> texts) {
  const bool any_like_an_option =
      std::ranges::any_of(texts, [](std::string_view text) { return text.starts_with('-'); });
  std::string words = any_like_an_option ? "--" : "";
  for (const auto text : texts) words.append(words.empty() ? "" : " ").append(shell_word(text));
  return words;
}

}  // namespace berth
