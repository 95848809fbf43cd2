#include "inspect/retry_probe.h"

namespace berth::inspect {

Probe retry_probe(const std::function<Probe()>& probe, const std::function<bool()>& is_seen) {
  constexpr int attempts = 3;
  auto answer = probe();
  for (int attempt = 1; attempt < attempts; ++attempt) {
    if (answer.result != Probe::Result::in_use || is_seen()) break;
    answer = probe();
  }
  return answer;
}

}  // namespace berth::inspect
