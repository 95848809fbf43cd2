#include "discover/compose_variables.h"

#include <algorithm>
#include <optional>

namespace berth::discover {
namespace {

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

std::size_t name_length(std::string_view text) {
  if (text.empty() || !starts_name(text.front())) return 0;
  return static_cast<std::size_t>(std::ranges::find_if_not(text, continues_name) - text.begin());
}

// The place of the brace that closes what is open before `text`, or npos.
std::size_t closing_brace(std::string_view text) {
  unsigned open = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "$$") {
      ++at;
    } else if (text.substr(at, 2) == "${") {
      ++open;
      ++at;
    } else if (text[at] == '}' && --open == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

class Interpolator {
 public:
  explicit Interpolator(const Variables& variables) : variables_(variables) {}

  Interpolation all(std::string_view text) {
    auto result = expand(text, 0);
    if (malformed_) return {.text = {}, .malformed = true};
    return {.text = std::move(result), .missing = std::move(missing_)};
  }

 private:
  std::optional<std::string_view> value(std::string_view name) const {
    const auto variable = variables_.find(name);
    if (variable == variables_.end()) return std::nullopt;
    return variable->second;
  }

  std::string required(std::string_view name, std::optional<std::string_view> value) {
    if (value) return std::string(*value);
    if (std::ranges::find(missing_, name) == missing_.end()) missing_.emplace_back(name);
    return {};
  }

  std::string expand(std::string_view text, unsigned depth) {
    std::string result;
    if (depth > deepest_interpolation) malformed_ = true;
    while (!malformed_) {
      const auto dollar = text.find('$');
      result += text.substr(0, dollar);
      if (result.size() > longest_interpolation) malformed_ = true;
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      result += variable(text, depth);
    }
    return result;
  }

  // What the text after a dollar begins with, which is taken away from it.
  std::string variable(std::string_view& text, unsigned depth) {
    if (text.starts_with('$')) {
      text.remove_prefix(1);
      return "$";
    }
    if (text.starts_with('{')) {
      const auto end = closing_brace(text.substr(1));
      if (end != std::string_view::npos) {
        const auto inside = text.substr(1, end);
        text.remove_prefix(end + 2);
        return braced(inside, depth);
      }
    } else if (const auto length = name_length(text); length != 0) {
      const auto name = text.substr(0, length);
      text.remove_prefix(length);
      return required(name, value(name));
    }
    malformed_ = true;
    return {};
  }

  std::string braced(std::string_view inside, unsigned depth) {
    const auto length = name_length(inside);
    const auto name = inside.substr(0, length);
    auto rest = inside.substr(length);
    auto found = value(name);
    if (length != 0 && rest.empty()) return required(name, found);
    // With a colon an empty value is as good as none.
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      if (found && found->empty()) found.reset();
    }
    const auto operation = rest.empty() || length == 0 ? '\0' : rest.front();
    switch (operation) {
      case '-':
        return found ? std::string(*found) : expand(rest.substr(1), depth + 1);
      case '+':
        return found ? expand(rest.substr(1), depth + 1) : std::string{};
      case '?':
        return required(name, found);
      default:
        malformed_ = true;
        return {};
    }
  }

  const Variables& variables_;
  std::vector<std::string> missing_;
  bool malformed_ = false;
};

}  // namespace

Interpolation interpolate(std::string_view text, const Variables& variables) {
  if (!text.contains('$')) return {std::string(text)};
  return Interpolator(variables).all(text);
}

}  // namespace berth::discover
