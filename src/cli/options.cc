#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/spec.h"

namespace berth::cli {
namespace {

std::unexpected<Error> unknown_option(std::string_view word, std::span<const Option* const> options) {
  std::vector<std::string_view> names;
  for (const auto* option : options) names.push_back(option->name);
  const auto near = nearest(word, names);
  return std::unexpected(Error{ErrorCode::usage, fmt::format("unknown option {}", quote(word)),
                               near ? fmt::format("did you mean {}?", *near) : ""});
}

}  // namespace

std::expected<Arguments, Error> Arguments::parse(std::span<const std::string_view> words,
                                                 std::span<const Option* const> options) {
  Arguments arguments;
  bool only_words = false;
  for (std::size_t index = 0; index < words.size(); ++index) {
    const auto word = words[index];
    if (only_words || word.size() < 2 || word.front() != '-') {
      arguments.words_.emplace_back(word);
      continue;
    }
    if (word == "--") {
      only_words = true;
      continue;
    }
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto option = std::ranges::find_if(
        options, [name](const Option* candidate) { return candidate->name == name || candidate->letter == name; });
    if (option == options.end()) return unknown_option(name, options);
    std::string_view value;
    if ((*option)->value.empty()) {
      if (equals != std::string_view::npos) {
        return std::unexpected(Error{ErrorCode::usage, fmt::format("option {} takes no value", quote(name))});
      }
    } else if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (++index < words.size()) {
      value = words[index];
    } else {
      return std::unexpected(Error{ErrorCode::usage, fmt::format("option {} needs a value", quote(name)),
                                   fmt::format("{} {}", name, (*option)->value)});
    }
    arguments.given_.emplace_back((*option)->name, value);
  }
  return arguments;
}

bool Arguments::has(std::string_view option) const { return value(option).has_value(); }

std::optional<std::string_view> Arguments::value(std::string_view option) const {
  std::optional<std::string_view> last;
  for (const auto& [name, value] : given_) {
    if (name == option) last = value;
  }
  return last;
}

std::vector<std::string_view> Arguments::values(std::string_view option) const {
  std::vector<std::string_view> all;
  for (const auto& [name, value] : given_) {
    if (name == option) all.push_back(value);
  }
  return all;
}

}  // namespace berth::cli
