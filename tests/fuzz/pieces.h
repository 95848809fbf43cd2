// One input as several texts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace berth::fuzz {

struct Piece {
  std::string_view name;
  std::string_view text;
};

// A line "=== NAME" begins a text; the one before the first such line has no name. No more than `most` of them.
inline std::vector<Piece> pieces_of(std::string_view input, std::size_t most = 16) {
  constexpr std::string_view mark = "=== ";
  std::vector<Piece> pieces = {{}};
  for (auto rest = input; !rest.empty();) {
    const auto length = rest.find('\n') == std::string_view::npos ? rest.size() : rest.find('\n') + 1;
    const auto line = rest.substr(0, length);
    rest.remove_prefix(length);
    if (line.starts_with(mark) && pieces.size() < most) {
      const auto end = line.ends_with('\n') ? length - 1 : length;
      pieces.push_back({line.substr(mark.size(), end - mark.size()), rest.substr(0, 0)});
      continue;
    }
    auto& text = pieces.back().text;
    text = {text.empty() ? line.data() : text.data(), text.size() + line.size()};
  }
  return pieces;
}

}  // namespace berth::fuzz
