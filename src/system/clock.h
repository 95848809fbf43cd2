// The time of day as it is written into files.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace berth::system {

// RFC 3339 in UTC, whole seconds: "2026-11-22T18:00:00Z". Reads no time zone file, unlike gmtime().
std::string utc_now();
std::string utc_text(std::chrono::sys_seconds time);

// When it was so many clock ticks after the boot, as /proc/PID/stat counts them, by the clocks of today: a clock that
// was set since moves it. In the caller's time namespace, as what it reads of /proc is (time_namespaces(7)).
std::string utc_of_ticks(std::uint64_t ticks_since_boot);

}  // namespace berth::system
