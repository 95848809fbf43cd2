#include "core/allocation.h"

namespace berth {

std::string_view to_string(Kind kind) { return kind == Kind::fixed ? "fixed" : "flexible"; }

}  // namespace berth
