#include "system/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

namespace berth::system {

void occupy_standard_streams() {
  std::array<pollfd, 3> streams{{{STDIN_FILENO, 0, 0}, {STDOUT_FILENO, 0, 0}, {STDERR_FILENO, 0, 0}}};
  if (::poll(streams.data(), streams.size(), 0) == 0) return;
  // The kernel gives the lowest number that is not taken.
  for (const auto& stream : streams) {
    if ((stream.revents & POLLNVAL) != 0) ::open("/", O_PATH);
  }
}

}  // namespace berth::system
