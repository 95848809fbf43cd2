// The exit codes, one for each kind of error. Scripts depend on them.
#pragma once

#include "core/error.h"

namespace berth::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_no = 1;

int exit_code(ErrorCode code);

}  // namespace berth::cli
