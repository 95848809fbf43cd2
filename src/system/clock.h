// The time of day as it is written into files.
#pragma once

#include <string>

namespace berth::system {

// RFC 3339 in UTC, whole seconds: "2026-11-22T18:00:00Z". Reads no time zone file, unlike gmtime().
std::string utc_now();

}  // namespace berth::system
