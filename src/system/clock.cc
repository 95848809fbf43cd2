#include "system/clock.h"

#include <chrono>

namespace berth::system {
namespace {

void append(std::string& out, unsigned value, unsigned digits) {
  const auto end = out.size() + digits;
  out.resize(end, '0');
  for (auto at = end; value != 0 && at > end - digits; value /= 10) out[--at] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string utc_now() {
  using std::chrono::days;
  using std::chrono::seconds;
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto midnight = std::chrono::floor<days>(now);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(now - midnight);
  std::string out;
  append(out, static_cast<unsigned>(int{date.year()}), 4);
  append(out.append("-"), unsigned{date.month()}, 2);
  append(out.append("-"), unsigned{date.day()}, 2);
  append(out.append("T"), static_cast<unsigned>(time.hours().count()), 2);
  append(out.append(":"), static_cast<unsigned>(time.minutes().count()), 2);
  append(out.append(":"), static_cast<unsigned>(time.seconds().count()), 2);
  return out.append("Z");
}

}  // namespace berth::system
