// This machine: the kernel's sockets and sysctls, and every inspector there is.
#pragma once

#include <utility>

#include "inspect/machine.h"
#include "inspect/take_census.h"

namespace berth::inspect {

class LinuxMachine : public Machine {
 public:
  explicit LinuxMachine(Inspectors inspectors) : inspectors_(std::move(inspectors)) {}

  // A UDP port that is refused although no socket is there is tried again: two probes at once see each other.
  Probe probe(const Endpoint& endpoint) override;
  // A blind spot of its own: sysctls that cannot be read.
  Census census(const Question& question) override;
  KernelRanges kernel_ranges() override;

 private:
  Inspectors inspectors_;
};

}  // namespace berth::inspect
