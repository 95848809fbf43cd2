// Bytes that somebody else may have written: cut short, or with some of them changed.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace berth::system {

// Calls `body` with every beginning of the bytes, then with `count` changed copies, always the same ones.
template <typename Body>
void for_mutations(const std::vector<std::byte>& bytes, unsigned count, const Body& body) {
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    body(std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
  }
  std::mt19937 random(count);
  for (unsigned i = 0; i < count; ++i) {
    auto changed = bytes;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      // Lengths and counts are small: so are most of the changes.
      const auto byte = random() % 2 == 0 ? random() % 256 : random() % 24;
      changed[random() % changed.size()] = static_cast<std::byte>(byte);
    }
    body(changed);
  }
}

}  // namespace berth::system
