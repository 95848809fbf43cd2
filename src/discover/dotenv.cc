#include "discover/dotenv.h"

#include <algorithm>
#include <utility>

#include "system/trimmed.h"

namespace berth::discover {
namespace {

using system::trimmed;

constexpr std::string_view blank = " \t\v\f\r";
constexpr std::size_t largest_values = 8UZ << 20;

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

// Without quotes, a comment begins at a `#` after a blank, or at once.
std::string_view without_comment(std::string_view value) {
  for (auto hash = value.find('#'); hash != std::string_view::npos; hash = value.find('#', hash + 1)) {
    if (hash == 0 || blank.contains(value[hash - 1])) return value.substr(0, hash);
  }
  return value;
}

// What is between double quotes, for interpolation: an escaped dollar is doubled, as that means a dollar there.
std::string unescaped(std::string_view quoted) {
  std::string text;
  for (std::size_t at = 0; at < quoted.size(); ++at) {
    if (quoted[at] != '\\' || at + 1 == quoted.size()) {
      text += quoted[at];
      continue;
    }
    switch (const char c = quoted[++at]) {
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case '$':
        text += "$$";
        break;
      case '"':
      case '\\':
        text += c;
        break;
      default:
        text.append("\\").push_back(c);
    }
  }
  return text;
}

class DotenvReader {
 public:
  DotenvReader(std::string_view text, const Variables& known) : rest_(text), known_(known), scope_(known) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  Dotenv all() {
    while (!rest_.empty()) {
      line_ += taken_lines_;
      taken_lines_ = 1;
      statement(take_line());
    }
    return std::move(result_);
  }

 private:
  std::string_view take_line() {
    const auto end = rest_.find('\n');
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }
  void refuse(std::string message) { result_.faults.push_back({line_, std::move(message)}); }

  void statement(std::string_view whole) {
    auto line = trimmed(whole, blank);
    if (line.empty() || line.starts_with('#')) return;
    if (line.starts_with("export") && line.size() > 6 && blank.contains(line[6])) line = trimmed(line.substr(6), blank);
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(line, is_key_character) - line.begin());
    const auto key = line.substr(0, length);
    const auto after = trimmed(line.substr(length), blank);
    if (key.empty()) return refuse("a line must begin with a variable's name");
    if (after.empty() || after.starts_with('#')) return inherit(key);
    if (!after.starts_with('=') && !after.starts_with(':')) return refuse("`=` is missing after the variable's name");
    value(key, trimmed(after.substr(1), blank));
  }

  void inherit(std::string_view key) {
    if (const auto known = known_.find(key); known != known_.end()) result_.variables.insert(*known);
  }

  void value(std::string_view key, std::string_view text) {
    if (text.starts_with('\'') || text.starts_with('"')) return quoted(key, text);
    expanded(key, std::string(trimmed(without_comment(text), blank)));
  }

  // A value in quotes may go on in the following lines.
  void quoted(std::string_view key, std::string_view text) {
    const auto quote = text.front();
    // From the quote on to the end of everything: `text` is a view into the same bytes.
    const std::string_view from(text.data() + 1,
                                static_cast<std::size_t>(rest_.data() + rest_.size() - text.data()) - 1);
    std::size_t end = 0;
    while (end < from.size() && from[end] != quote) end += from[end] == '\\' && quote == '"' ? 2U : 1U;
    if (end >= from.size()) return refuse("a quote is not closed");
    const auto inside = from.substr(0, end);
    taken_lines_ += static_cast<unsigned>(std::ranges::count(inside, '\n'));
    rest_ = from.substr(end + 1);
    const auto after = trimmed(take_line(), blank);
    if (!after.empty() && !after.starts_with('#')) return refuse("text after the closing quote");
    if (quote == '\'') return set(key, std::string(inside));
    expanded(key, unescaped(inside));
  }

  void expanded(std::string_view key, const std::string& text) {
    auto interpolation = interpolate(text, scope_);
    if (interpolation.malformed) return refuse("a `$` begins no variable");
    set(key, std::move(interpolation.text));
  }

  // Values that are made of the values above them could double in size with each line.
  void set(std::string_view key, std::string value) {
    size_ += value.size();
    if (size_ > largest_values) return refuse("the values are too large");
    if (!known_.contains(key)) scope_.insert_or_assign(std::string(key), value);
    result_.variables.insert_or_assign(std::string(key), std::move(value));
  }

  std::string_view rest_;
  const Variables& known_;
  Variables scope_;  // what a value may use
  std::size_t size_ = 0;
  Dotenv result_;
  unsigned line_ = 0;
  unsigned taken_lines_ = 1;
};

}  // namespace

Dotenv parse_dotenv(std::string_view text, const Variables& known) { return DotenvReader(text, known).all(); }

}  // namespace berth::discover
