// Memory that is known to be needed.
#pragma once

#include <cstddef>

namespace berth::system {

// Lets the kernel give the allocator `bytes` in one go, instead of page by page at the first touch of each, and keeps
// what is given back in between. A hint: where it cannot be followed, or is not worth it, nothing happens.
void make_room(std::size_t bytes);

}  // namespace berth::system
