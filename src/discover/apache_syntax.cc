#include "discover/apache_syntax.h"

#include <algorithm>
#include <utility>

#include "system/trimmed.h"

namespace berth::discover {
namespace {

using system::trimmed;

constexpr std::string_view blanks = " \t\r\f\v\n";

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char each) { return each >= 'A' && each <= 'Z' ? static_cast<char>(each | 0x20) : each; });
  return result;
}

ApacheStatement statement_of(std::string_view line) {
  ApacheStatement statement{.text = std::string(line)};
  if (line.starts_with("</")) {
    statement.kind = ApacheStatement::Kind::closes;
    line.remove_prefix(2);
  } else if (line.starts_with('<')) {
    statement.kind = ApacheStatement::Kind::opens;
    line.remove_prefix(1);
  }
  if (statement.kind != ApacheStatement::Kind::directive) line = line.substr(0, line.rfind('>'));
  const auto end = std::min(line.find_first_of(blanks), line.size());
  statement.name = lower(line.substr(0, end));
  statement.arguments = trimmed(line.substr(end), blanks);
  return statement;
}

}  // namespace

ApacheReader::ApacheReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
}

std::string ApacheReader::next_line() {
  std::string whole;
  while (at_ < text_.size()) {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    auto part = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    if (part.ends_with('\r')) part.remove_suffix(1);
    const bool goes_on = part.ends_with('\\');
    if (goes_on) part.remove_suffix(1);
    whole.append(part);
    if (!goes_on) break;
  }
  return whole;
}

std::optional<ApacheStatement> ApacheReader::next() {
  while (at_ < text_.size()) {
    const auto line = line_;
    const auto whole = next_line();
    const auto text = trimmed(whole, blanks);
    if (text.empty() || text.front() == '#') continue;
    auto statement = statement_of(text);
    statement.line = line;
    return statement;
  }
  return std::nullopt;
}

std::vector<std::string> apache_words(std::string_view arguments) {
  std::vector<std::string> words;
  for (auto rest = trimmed(arguments, blanks); !rest.empty(); rest = trimmed(rest, blanks)) {
    const char quote = rest.front();
    if (quote != '"' && quote != '\'') {
      const auto end = std::min(rest.find_first_of(blanks), rest.size());
      words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
      continue;
    }
    std::string word;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != quote; ++at) {
      const bool escapes = rest[at] == '\\' && at + 1 < rest.size() && (rest[at + 1] == quote || rest[at + 1] == '\\');
      if (escapes) ++at;
      word += rest[at];
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace berth::discover
