#include "discover/nginx_syntax.h"

#include <utility>

namespace berth::discover {
namespace {

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}
bool ends_word(char character) { return is_blank(character) || character == ';' || character == '{'; }

std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      plain += text[at];
      continue;
    }
    switch (const char next = text[++at]) {
      case '"':
      case '\'':
      case '\\':
        plain += next;
        break;
      case 't':
        plain += '\t';
        break;
      case 'r':
        plain += '\r';
        break;
      case 'n':
        plain += '\n';
        break;
      default:
        plain.append("\\").append(1, next);
    }
  }
  return plain;
}

}  // namespace

NginxReader::NginxReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
}

char NginxReader::take() {
  if (text_[at_] == '\n') ++line_;
  return text_[at_++];
}

void NginxReader::skip_blanks() {
  while (!at_end()) {
    if (text_[at_] == '#') {
      while (!at_end() && text_[at_] != '\n') ++at_;
    } else if (is_blank(text_[at_])) {
      take();
    } else {
      return;
    }
  }
}

std::optional<NginxFault> NginxReader::end_of_quoted() const {
  if (at_end() || ends_word(text_[at_]) || text_[at_] == ')') return std::nullopt;
  return fault("text follows a closing quote");
}

NginxReader::Word NginxReader::quoted_word() {
  const auto began = line_;
  const char quote = take();
  const auto from = at_;
  while (!at_end() && text_[at_] != quote) {
    if (take() == '\\' && !at_end()) take();
  }
  if (at_end()) return std::unexpected(NginxFault{began, "a quote is not closed"});
  auto word = unescape(text_.substr(from, at_ - from));
  ++at_;
  if (auto wrong = end_of_quoted()) return std::unexpected(std::move(*wrong));
  return word;
}

std::string NginxReader::plain_word() {
  const auto from = at_;
  while (!at_end() && !ends_word(text_[at_])) {
    const char character = take();
    if (at_end()) break;
    if (character == '\\') take();
    // "${" begins a variable, not a block.
    if (character == '$' && text_[at_] == '{') ++at_;
  }
  return unescape(text_.substr(from, at_ - from));
}

std::expected<std::optional<NginxStatement>, NginxFault> NginxReader::next() {
  if (std::exchange(in_lua_, false)) skip_lua();
  NginxStatement statement;
  while (true) {
    skip_blanks();
    if (at_end()) {
      if (statement.words.empty()) return std::nullopt;
      return std::unexpected(NginxFault{statement.line, "the file ends within a directive"});
    }
    const char first = text_[at_];
    const bool is_begun = !statement.words.empty();
    if (!is_begun) statement.line = line_;
    if (first == ';' || first == '{') {
      if (!is_begun) return std::unexpected(fault(first == ';' ? "unexpected ';'" : "unexpected '{'"));
      ++at_;
      if (first == '{') statement.kind = NginxStatement::Kind::opens;
      in_lua_ = first == '{' && statement.words.front().ends_with("_by_lua_block");
      return statement;
    }
    if (first == '}') {
      if (is_begun) return std::unexpected(fault("unexpected '}'"));
      ++at_;
      statement.kind = NginxStatement::Kind::closes;
      return statement;
    }
    if (first == '"' || first == '\'') {
      auto word = quoted_word();
      if (!word) return std::unexpected(std::move(word.error()));
      statement.words.push_back(std::move(*word));
    } else {
      statement.words.push_back(plain_word());
    }
  }
}

void NginxReader::skip_lua_string(char quote) {
  while (!at_end() && text_[at_] != quote) {
    if (take() == '\\' && !at_end()) take();
  }
  if (!at_end()) ++at_;
}

// "[[...]]", "[==[...]==]" (Lua reference manual, section 3.1), from its first bracket on.
bool NginxReader::skip_long_bracket() {
  auto open = at_ + 1;
  while (open < text_.size() && text_[open] == '=') ++open;
  if (open >= text_.size() || text_[open] != '[') return false;
  const auto closing = "]" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "]";
  const auto end = text_.find(closing, open);
  const auto stop = end == std::string_view::npos ? text_.size() : end + closing.size();
  while (at_ < stop) take();
  return true;
}

void NginxReader::skip_lua() {
  for (std::size_t depth = 0; !at_end();) {
    const char character = text_[at_];
    if (character == '}' && depth == 0) return;
    if (character == '[' && skip_long_bracket()) continue;
    take();
    if (character == '{') ++depth;
    if (character == '}') --depth;
    if (character == '"' || character == '\'') skip_lua_string(character);
    if (character == '-' && !at_end() && text_[at_] == '-') {
      ++at_;
      if (!at_end() && text_[at_] == '[' && skip_long_bracket()) continue;
      while (!at_end() && text_[at_] != '\n') ++at_;
    }
  }
}

}  // namespace berth::discover
