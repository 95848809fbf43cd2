#include "discover/haproxy_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace berth::discover {
namespace {

bool is_blank(char character) { return character == ' ' || (character >= '\t' && character <= '\r'); }
bool is_of_name(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_';
}

// "$NAME" or "${NAME}", "${NAME-default}" at the beginning of a text.
struct Reference {
  std::string_view name;
  std::size_t length = 0;  // of the whole; 0 if there is none
  std::optional<std::string_view> fallback = {};
};

Reference reference_at(std::string_view text) {
  const bool has_brace = text.starts_with("${");
  const auto begin = has_brace ? 2U : 1U;
  auto end = std::min<std::size_t>(begin, text.size());
  while (end < text.size() && is_of_name(text[end])) ++end;
  Reference reference{.name = text.substr(begin > text.size() ? text.size() : begin, end - begin)};
  if (reference.name.empty()) return {};
  if (!has_brace) {
    reference.length = end;
    return reference;
  }
  const auto close = text.find('}', end);
  if (close == std::string_view::npos) return {};
  reference.length = close + 1;
  if (text[end] == '-') reference.fallback = text.substr(end + 1, close - end - 1);
  return reference;
}

std::optional<std::string_view> value_of(const Reference& reference, const Assignments& variables) {
  const auto known = variables.find(std::string(reference.name));
  if (known == variables.end() || !known->second) return std::nullopt;
  return std::string_view(*known->second);
}

class WordSplitter {
 public:
  WordSplitter(std::string_view line, const Assignments& variables) : line_(line), variables_(variables) {}

  std::expected<std::vector<std::string>, std::string> read() {
    while (at_ < line_.size()) {
      const char character = line_[at_];
      if (quote_ == '\0' && (character == '#' || character == '\n')) break;
      if (quote_ == '\0' && is_blank(character)) {
        end_word();
        ++at_;
      } else {
        take(character);
      }
    }
    if (quote_ != '\0') return std::unexpected(std::string("a quote is not closed"));
    end_word();
    return std::move(words_);
  }

 private:
  void end_word() {
    if (in_word_) words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  void take(char character) {
    in_word_ = true;
    if (character == '\\' && quote_ != '\'' && at_ + 1 < line_.size()) return take_escape(line_[at_ + 1]);
    if (character == '$' && quote_ == '"') return take_variable();
    ++at_;
    if (quote_ == '\0' && (character == '"' || character == '\'')) {
      quote_ = character;
    } else if (quote_ == character) {
      quote_ = '\0';
    } else {
      word_ += character;
    }
  }

  void take_escape(char next) {
    constexpr std::string_view outside = "\\ #'\"";
    constexpr std::string_view inside = "\\\"$";
    const bool is_escape = (quote_ == '"' ? inside : outside).contains(next);
    if (!is_escape) word_ += '\\';
    word_ += next;
    at_ += 2;
  }

  void take_variable() {
    const auto reference = reference_at(line_.substr(at_));
    const auto length = std::max<std::size_t>(reference.length, 1);
    auto value = value_of(reference, variables_);
    // The environment is what the files say: what they say nothing of is not set.
    if (!value && !variables_.contains(std::string(reference.name))) value = reference.fallback;
    if (value && grown_ + value->size() > longest_expansion) value.reset();
    if (value) grown_ += value->size();
    word_.append(value.value_or(line_.substr(at_, length)));
    at_ += length;
  }

  std::string_view line_;
  const Assignments& variables_;
  std::vector<std::string> words_;
  std::string word_;
  std::size_t at_ = 0;
  std::size_t grown_ = 0;  // by the values of variables
  char quote_ = '\0';
  bool in_word_ = false;
};

}  // namespace

std::expected<std::vector<std::string>, std::string> haproxy_words(std::string_view line,
                                                                   const Assignments& variables) {
  return WordSplitter(line, variables).read();
}

HaproxyExpanded haproxy_expand(std::string_view text, const Assignments& variables) {
  HaproxyExpanded expanded;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    expanded.text.append(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const auto reference = reference_at(text);
    const auto length = std::max<std::size_t>(reference.length, 1);
    const auto value = value_of(reference, variables);
    const bool is_known = value && expanded.text.size() + value->size() <= longest_expansion;
    expanded.text.append(is_known ? *value : text.substr(0, length));
    if (!is_known) note_variable(expanded.unknown, reference.name);
    text.remove_prefix(length);
  }
  return expanded;
}

}  // namespace berth::discover
