#include "system/clock.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>
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

TEST(UtcText, HasEveryPart) {
  using namespace std::chrono;
  EXPECT_EQ(utc_text(sys_days(year(2026) / 3 / 4) + hours(5) + minutes(6) + seconds(7)), "2026-03-04T05:06:07Z");
  EXPECT_EQ(utc_text(sys_seconds()), "1970-01-01T00:00:00Z");
}

// Between the boot and now, both of which /proc/uptime and the clock tell, too.
TEST(UtcOfTicks, CountsFromTheBoot) {
  std::ifstream uptime("/proc/uptime");
  double seconds = 0;
  if (!(uptime >> seconds)) GTEST_SKIP() << "no /proc/uptime";
  const auto per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto now = std::time(nullptr);
  const auto told = utc_of_ticks(static_cast<std::uint64_t>(seconds * per_second));
  EXPECT_LE(formatted(now - 2), told);
  EXPECT_LE(told, utc_now());
  EXPECT_LT(utc_of_ticks(0), told);
}

}  // namespace
}  // namespace berth::system
