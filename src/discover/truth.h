// Three-valued logic: `unknown` is what files alone cannot tell.
#pragma once

#include <cstdint>

namespace berth::discover {

enum class Truth : std::uint8_t { no, unknown, yes };

constexpr Truth operator!(Truth truth) { return static_cast<Truth>(2 - static_cast<int>(truth)); }
constexpr Truth both(Truth left, Truth right) { return left < right ? left : right; }
constexpr Truth either(Truth left, Truth right) { return left < right ? right : left; }

}  // namespace berth::discover
