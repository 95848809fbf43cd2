#include "system/memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace berth::system {

void make_room(std::size_t bytes) {
  constexpr std::size_t worth_it = 128UZ << 10;
  constexpr std::size_t most = 16UZ << 20;
  constexpr std::size_t page = 4096;
  bytes = std::min(bytes, most);
  if (bytes < worth_it) return;
  // It shall come from the heap, and stay there when it is given back.
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(2 * most));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(4 * most));
  void* const room = std::malloc(bytes);
  void* begin = room;
  auto left = bytes;
  if (room != nullptr && std::align(page, 1, begin, left) != nullptr) ::madvise(begin, left, MADV_POPULATE_WRITE);
  std::free(room);
}

}  // namespace berth::system
