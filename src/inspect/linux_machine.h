// This machine: the kernel's sockets and sysctls, and every inspector there is.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "inspect/machine.h"
#include "inspect/take_census.h"

namespace berth::inspect {

class LinuxMachine : public Machine {
 public:
  // The inspectors are made for the first census: most commands need none. Whatever is asked, and however often: all
  // sources have answered, or are blind spots, when `patience` is over.
  explicit LinuxMachine(std::function<Inspectors()> make_inspectors,
                        std::chrono::milliseconds patience = std::chrono::seconds(2))
      : make_inspectors_(std::move(make_inspectors)), patience_(patience) {}

  // A UDP port that is refused although no socket is there is tried again: two probes at once see each other.
  Probe probe(const Endpoint& endpoint) override;
  // A blind spot of its own: sysctls that cannot be read.
  Census census(const Question& question) override;
  KernelRanges kernel_ranges() override;

 private:
  std::function<Inspectors()> make_inspectors_;
  std::optional<Inspectors> inspectors_ = {};
  std::chrono::milliseconds patience_;
  std::optional<std::chrono::steady_clock::time_point> deadline_ = {};
};

}  // namespace berth::inspect
