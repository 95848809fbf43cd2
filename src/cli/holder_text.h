// How a holder is told to a person who asks about its port.
#pragma once

#include <string>

#include "core/holder.h"

namespace berth::cli {

// One line: what it is, who is behind it ("<- unit, <- container, <- compose project"), since when, and from where it
// can be reached. Escaped.
std::string line_of(const Holder& holder);

}  // namespace berth::cli
