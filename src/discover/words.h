// What every configuration language is made of.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace berth::discover {

inline bool has(std::span<const std::string> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// With one blank between them.
inline std::string joined(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

}  // namespace berth::discover
