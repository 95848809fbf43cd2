// Text without the blanks around it; which characters are blank differs from format to format.
#pragma once

#include <string_view>

namespace berth::system {

inline std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace berth::system
