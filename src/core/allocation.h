// The registry's record: this service has this endpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"
#include "core/moment.h"
#include "core/owner.h"
#include "core/rare.h"

namespace berth {

// `fixed`: this port or none. `flexible`: this port or the next available one.
enum class Kind : std::uint8_t { fixed, flexible };
std::string_view to_string(Kind kind);

// A field that this version does not know: its name and its value as compact JSON. It survives a rewrite.
struct Field {
  std::string name;
  std::string json;
  friend bool operator==(const Field&, const Field&) = default;
};

// Who held a fixed port when it was registered. The allocation is a conflict until that holder is gone.
struct Contest {
  Owner owner;
  std::int32_t pid = 0;       // 0 if it could not be seen
  std::uint64_t started = 0;  // the process's start in clock ticks since boot, so that a reused pid is not taken for it
  friend bool operator==(const Contest&, const Contest&) = default;
};

struct Allocation {
  std::string service = {};
  Endpoint endpoint = {};
  Kind kind = Kind::flexible;
  // The (first) port that was asked for. Unknown for what was taken over from a file that does not say.
  std::optional<Port> preferred = {};
  Moment since = {};
  Owner owner = {};
  Rare<Contest> contest = {};
  std::vector<Field> unknown = {};

  friend bool operator==(const Allocation&, const Allocation&) = default;
};

}  // namespace berth
