#include "core/remarks.h"

#include <algorithm>
#include <utility>

#include "core/browser_ports.h"

namespace berth {
namespace {

// From the first port that was asked about on.
PortRange part_of(PortRange rule, const Endpoint& endpoint) {
  return {std::max(rule.first, endpoint.ports.first), rule.last};
}

}  // namespace

std::optional<Remark> remark_on_ephemeral(const Endpoint& endpoint, const KernelRanges& kernel) {
  if (!kernel.ephemeral || !overlap(*kernel.ephemeral, endpoint.ports)) return std::nullopt;
  return Remark{
      part_of(*kernel.ephemeral, endpoint),
      {Source::kernel, "in the ephemeral range " + to_string(*kernel.ephemeral) + " of outgoing connections"}};
}

std::optional<Remark> remark_on_reserved(const Endpoint& endpoint, const KernelRanges& kernel) {
  for (const auto& reserved : kernel.reserved) {
    if (!overlap(reserved, endpoint.ports)) continue;
    return Remark{part_of(reserved, endpoint), {Source::kernel, "kernel-reserved (net.ipv4.ip_local_reserved_ports)"}};
  }
  return std::nullopt;
}

std::optional<Remark> remark_on_browsers(const Endpoint& endpoint) {
  if (!overlap(endpoint.protocol, Protocol::tcp)) return std::nullopt;
  for (unsigned port = endpoint.ports.first; port <= endpoint.ports.last; ++port) {
    const auto number = static_cast<Port>(port);
    if (browsers_refuse(number)) return Remark{{number, number}, {Source::browser, "refused by web browsers"}};
  }
  return std::nullopt;
}

std::vector<Evidence> remarks_on(const Endpoint& endpoint, const KernelRanges& kernel) {
  std::vector<Evidence> remarks;
  for (auto remark :
       {remark_on_ephemeral(endpoint, kernel), remark_on_reserved(endpoint, kernel), remark_on_browsers(endpoint)}) {
    if (remark) remarks.push_back(std::move(remark->evidence));
  }
  return remarks;
}

}  // namespace berth
