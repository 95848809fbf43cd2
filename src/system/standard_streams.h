// Descriptors 0, 1 and 2.
#pragma once

namespace berth::system {

// Whoever was started with one of them closed would get its number for the next file that is opened, and what is
// meant for a terminal would be written there. Afterwards all three are taken: one that was closed fails as before
// (EBADF), by open(2) with O_PATH. Before anything else is opened.
void occupy_standard_streams();

}  // namespace berth::system
