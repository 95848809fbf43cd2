#include "system/clock.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace berth::system {
namespace {

void append(std::string& out, unsigned value, unsigned digits) {
  const auto end = out.size() + digits;
  out.resize(end, '0');
  for (auto at = end; value != 0 && at > end - digits; value /= 10) out[--at] = static_cast<char>('0' + value % 10);
}

std::chrono::nanoseconds now_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

std::string utc_text(std::chrono::sys_seconds time) {
  using std::chrono::days;
  const auto midnight = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss of_day(time - midnight);
  std::string out;
  append(out, static_cast<unsigned>(int{date.year()}), 4);
  append(out.append("-"), unsigned{date.month()}, 2);
  append(out.append("-"), unsigned{date.day()}, 2);
  append(out.append("T"), static_cast<unsigned>(of_day.hours().count()), 2);
  append(out.append(":"), static_cast<unsigned>(of_day.minutes().count()), 2);
  append(out.append(":"), static_cast<unsigned>(of_day.seconds().count()), 2);
  return out.append("Z");
}

std::string utc_now() { return utc_text(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())); }

std::string utc_of_ticks(std::uint64_t ticks_since_boot) {
  using std::chrono::seconds;
  const auto per_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  const auto whole = seconds(ticks_since_boot / per_second);
  const auto part = std::chrono::nanoseconds(seconds(1)) * (ticks_since_boot % per_second) / per_second;
  const auto boot = now_of(CLOCK_REALTIME) - now_of(CLOCK_BOOTTIME);
  return utc_text(std::chrono::sys_seconds(std::chrono::floor<seconds>(boot + whole + part)));
}

}  // namespace berth::system
