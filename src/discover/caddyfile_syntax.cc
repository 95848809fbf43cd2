#include "discover/caddyfile_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace berth::discover {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// Longer ones are not taken for variables, nor is more than the beginning of a word searched for them: whatever the
// text is, the time is proportional to it.
constexpr std::size_t longest_variable = 256;
constexpr std::size_t longest_address = 4096;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The text with the defaults of its variables in their places. A default has no line break in it that would move the
// lines after it: where it has, the lines below are those of the text that Caddy reads.
std::string with_defaults(std::string_view text) {
  std::string filled;
  filled.reserve(text.size());
  while (true) {
    const auto begin = text.find("{$");
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return filled.append(text);
    const auto variable = text.substr(begin + 2, end - begin - 2);
    const auto colon = variable.find(':');
    filled.append(text.substr(0, begin));
    filled.append(colon == std::string_view::npos ? text.substr(begin, end + 1 - begin) : variable.substr(colon + 1));
    text.remove_prefix(end + 1);
  }
}

bool is_heredoc_marker(std::string_view marker) {
  return !marker.empty() && std::ranges::all_of(marker, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

class Lexer {
 public:
  Lexer(std::string_view text, std::uint32_t file) : text_(text), file_(file) {}

  // Nullopt at the end, or with a fault.
  std::optional<CaddyToken> next() {
    if (!skip_to_word()) return std::nullopt;
    CaddyToken token;
    token.file = file_;
    token.line = line_;
    token.first_row = row_;
    if (text_[at_] == '"' || text_[at_] == '`') {
      quoted(token);
    } else {
      word(token);
      if (token.text.starts_with("<<") && !escaped_heredoc_) heredoc(token);
    }
    token.last_row = row_;
    if (!fault_.message.empty()) return std::nullopt;
    return token;
  }

  const CaddyFault& fault() const { return fault_; }

 private:
  void newline() {
    ++line_;
    ++row_;
  }

  // A backslash before a line break, with or without a carriage return.
  std::size_t continuation() const {
    if (text_[at_] != '\\') return 0;
    if (text_.substr(at_ + 1).starts_with("\n")) return 2;
    return text_.substr(at_ + 1).starts_with("\r\n") ? 3 : 0;
  }

  bool skip_to_word() {
    for (; at_ < text_.size(); ++at_) {
      if (const auto length = continuation(); length > 0) {
        ++line_;
        at_ += length - 1;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        if (at_ == text_.size()) return false;
        newline();
      } else if (text_[at_] == '\n') {
        newline();
      } else if (!is_space(text_[at_])) {
        return true;
      }
    }
    return false;
  }

  void quoted(CaddyToken& token) {
    const char quote = text_[at_++];
    token.quoted = true;
    for (; at_ < text_.size(); ++at_) {
      if (quote == '"' && text_.substr(at_).starts_with("\\\"")) {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        return;
      } else if (text_[at_] == '\n') {
        newline();
      }
      token.text += text_[at_];
    }
    fault_ = {token.line, std::string("the ") + (quote == '"' ? "quote" : "backtick") + " is never closed"};
  }

  void word(CaddyToken& token) {
    escaped_heredoc_ = text_.substr(at_).starts_with("\\<");
    if (escaped_heredoc_) ++at_;
    for (; at_ < text_.size() && !is_space(text_[at_]) && continuation() == 0; ++at_) token.text += text_[at_];
  }

  // The mark has been read; the text begins on the next line and ends where the mark comes again.
  void heredoc(CaddyToken& token) {
    const auto marker = token.text.substr(2);
    const auto rest = text_.substr(at_);
    const auto content = rest.starts_with("\n") ? 1UZ : rest.starts_with("\r\n") ? 2UZ : 0UZ;
    if (content == 0 || !is_heredoc_marker(marker)) {
      fault_ = {token.line, "'" + token.text.substr(0, 40) + "' begins no heredoc"};
      return;
    }
    const auto end = rest.find(marker, content);
    if (end == std::string_view::npos) {
      fault_ = {token.line, "the heredoc " + token.text.substr(0, 40) + " never ends"};
      return;
    }
    const auto body = rest.substr(content, end - content);
    token.text = body.substr(0, std::min(body.rfind('\n'), body.size()));
    token.quoted = true;
    const auto lines = static_cast<std::uint32_t>(std::ranges::count(rest.substr(0, end), '\n'));
    line_ += lines;
    row_ += lines;
    at_ += end + marker.size();
  }

  std::string_view text_;
  std::uint32_t file_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t row_ = 1;
  bool escaped_heredoc_ = false;
  CaddyFault fault_;
};

// The name in a placeholder at the beginning of `text`, if it is one of the environment, and the placeholder's length.
std::pair<std::string_view, std::size_t> variable_at(std::string_view text) {
  text = text.substr(0, longest_variable);
  for (const std::string_view opening : {"{$", "{env."}) {
    if (!text.starts_with(opening)) continue;
    const auto end = text.find('}');
    if (end == std::string_view::npos || end == opening.size()) continue;
    return {text.substr(opening.size(), end - opening.size()), end + 1};
  }
  return {{}, 0};
}

}  // namespace

bool on_new_line(const CaddyToken& before, const CaddyToken& token) {
  return before.file != token.file || before.import != token.import || before.last_row < token.first_row;
}

CaddyTokens caddyfile_tokens(std::string_view text, std::uint32_t file, std::size_t most) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const auto filled = with_defaults(text);
  Lexer lexer(filled, file);
  CaddyTokens read;
  while (auto token = lexer.next()) {
    if (read.tokens.size() == most) {
      read.fault = {token->line, "there are too many words from here on"};
      return read;
    }
    read.tokens.push_back(std::move(*token));
  }
  read.fault = lexer.fault();
  return read;
}

std::vector<std::string> caddy_variables(std::string_view text) {
  text = text.substr(0, longest_address);
  std::vector<std::string> names;
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto name = variable_at(text.substr(at)).first;
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  }
  return names;
}

bool only_caddy_variables(std::string_view text) {
  if (!text.starts_with("{$")) return false;
  while (text.starts_with("{$")) {
    const auto length = variable_at(text).second;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return text.empty();
}

}  // namespace berth::discover
