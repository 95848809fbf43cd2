#include "system/clock.h"

#include <gmock/gmock.h>

#include <ctime>
#include <string>

namespace berth::system {
namespace {

std::string formatted(std::time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

TEST(UtcNow, IsTheTimeInUtc) {
  const auto before = formatted(std::time(nullptr));
  const auto now = utc_now();
  const auto after = formatted(std::time(nullptr));
  // Text of this form sorts as time does.
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

}  // namespace
}  // namespace berth::system
