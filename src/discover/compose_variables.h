// Variables in the values of a compose file. Pure.
//
// The rules: https://docs.docker.com/reference/compose-file/interpolation/. `$NAME`, `${NAME}`, `${NAME:-default}`,
// `${NAME-default}`, `${NAME:?error}`, `${NAME?error}`, `${NAME:+replacement}`, `${NAME+replacement}`; what follows the
// operator may have variables itself; `$$` is a dollar. Compose takes a variable without a value for an empty text and
// warns; here it is named, because the file alone does not say what will be.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

using Variables = std::map<std::string, std::string, std::less<>>;

struct Interpolation {
  // Empty in the place of a variable without a value.
  std::string text;
  // The variables that would have to have a value and have none, in the order of their appearance, each once. A
  // variable with a default is not among them, but those of the default are.
  std::vector<std::string> missing = {};
  // Compose refuses the text: a `$` that begins nothing, a brace that is not closed.
  bool malformed = false;

  friend bool operator==(const Interpolation&, const Interpolation&) = default;
};

// No longer than this becomes what is interpolated, and no deeper are variables nested; beyond, it is malformed.
inline constexpr std::size_t longest_interpolation = 64UZ << 10;
inline constexpr unsigned deepest_interpolation = 32;

Interpolation interpolate(std::string_view text, const Variables& variables);

}  // namespace berth::discover
