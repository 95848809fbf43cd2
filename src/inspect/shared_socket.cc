#include "inspect/shared_socket.h"

#include <algorithm>
#include <tuple>

namespace berth::inspect {
namespace {

bool is_child_of_any(const Sharer& sharer, std::span<const Sharer> sharers) {
  return std::ranges::any_of(sharers,
                             [&](const Sharer& one) { return one.pid == sharer.stat.parent && !is_activator(one); });
}

}  // namespace

bool is_activator(const Sharer& sharer) {
  constexpr std::int32_t first_process = 1;
  return sharer.pid == first_process || sharer.stat.name == "systemd";
}

SharedSocket judge_sharing(std::span<const Sharer> sharers) {
  SharedSocket result;
  if (sharers.empty()) return result;
  const auto owner = std::ranges::min_element(sharers, {}, [&](const Sharer& sharer) {
    // Process 1 is the last resort even among activators: it started the others.
    return std::tuple(is_activator(sharer), sharer.pid == 1, sharer.stat.started, is_child_of_any(sharer, sharers),
                      sharer.pid);
  });
  result.owner = owner->pid;
  for (const auto& sharer : sharers) {
    if (sharer.pid == owner->pid) continue;
    result.others.push_back(sharer.pid);
    const bool is_older = sharer.pid == 1 || !is_activator(*owner);
    result.was_handed_over = result.was_handed_over || (is_activator(sharer) && is_older);
  }
  std::ranges::sort(result.others);
  return result;
}

}  // namespace berth::inspect
