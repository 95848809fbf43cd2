#include "inspect/linux_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "inspect/retry_probe.h"
#include "inspect/sockets.h"
#include "system/bind_probe.h"
#include "system/sysctl.h"

namespace berth::inspect {
namespace {

using system::BindPlace;
using system::Transport;

BindPlace place_of(const Address& address, Transport transport, Port port) {
  BindPlace place;
  place.transport = transport;
  place.port = port;
  place.v6only = address.is_v6only();
  place.address = address.bytes();
  switch (address.family()) {
    case Address::Family::any:
      place.kind = BindPlace::Kind::every;
      break;
    case Address::Family::ipv4:
      place.kind = BindPlace::Kind::ipv4;
      break;
    case Address::Family::ipv6:
      place.kind = BindPlace::Kind::ipv6;
      break;
  }
  return place;
}

std::string why_not_permitted(Port port) {
  const auto start = system::PortSysctls().unprivileged_port_start().value_or(KernelRanges{}.unprivileged_start);
  if (port < start) {
    return fmt::format(
        "port {} is below net.ipv4.ip_unprivileged_port_start ({}): only root, or who has CAP_NET_BIND_SERVICE, may "
        "bind it",
        port, start);
  }
  return fmt::format(
      "a security policy refuses port {} (it is not below net.ipv4.ip_unprivileged_port_start, which is {})", port,
      start);
}

Probe probe_of(const Endpoint& endpoint, const system::Error& error) {
  switch (error.code) {
    case EADDRINUSE:
      return {Probe::Result::in_use, "the address is in use"};
    case EADDRNOTAVAIL:
      return {Probe::Result::no_address, "this machine has no address " + endpoint.address.to_string()};
    // EPERM is what a cgroup's bind program answers (BPF_CGROUP_INET4_BIND).
    case EACCES:
    case EPERM:
      return {Probe::Result::not_permitted, why_not_permitted(endpoint.ports.first)};
    default:
      return {Probe::Result::failed, error.message()};
  }
}

Probe probe_once(const Endpoint& endpoint, Transport transport) {
  const auto bound = system::probe_bind(place_of(endpoint.address, transport, endpoint.ports.first));
  return bound ? Probe{} : probe_of(endpoint, bound.error());
}

// Also if nobody can tell.
bool has_udp_sockets(Endpoint endpoint) {
  endpoint.protocol = Protocol::udp;
  const auto census = SocketsInspector().inspect({.about = endpoint});
  return !census.holders.empty() || !census.blind_spots.empty();
}

Probe probe_udp(const Endpoint& endpoint) {
  return retry_probe([&] { return probe_once(endpoint, Transport::udp); }, [&] { return has_udp_sockets(endpoint); });
}

Probe probe_port(const Endpoint& endpoint) {
  if (overlap(endpoint.protocol, Protocol::tcp)) {
    auto probe = probe_once(endpoint, Transport::tcp);
    if (probe.result != Probe::Result::bindable || endpoint.protocol == Protocol::tcp) return probe;
  }
  return probe_udp(endpoint);
}

}  // namespace

Probe LinuxMachine::probe(const Endpoint& endpoint) { return probe_port(endpoint); }

Census LinuxMachine::census(const Question& question) {
  auto limited = question;
  if (question.sources != Sources::sockets) {
    if (!deadline_) deadline_ = std::chrono::steady_clock::now() + patience_;
    limited.deadline = std::min(question.deadline, *deadline_);
  }
  if (!inspectors_) inspectors_ = make_inspectors_();
  auto census = take_census(*inspectors_, limited);
  if (!question.listeners_only && !system::PortSysctls().are_readable()) {
    census.blind_spots.push_back({std::string(to_string(Source::kernel)),
                                  "/proc/sys/net/ipv4 cannot be read: the kernel's own port ranges are not known",
                                  false});
  }
  return census;
}

KernelRanges LinuxMachine::kernel_ranges() {
  const system::PortSysctls sysctls;
  KernelRanges ranges;
  if (const auto span = sysctls.local_port_range(); span) ranges.ephemeral = PortRange{span->first, span->last};
  if (const auto spans = sysctls.reserved_ports(); spans) {
    for (const auto& span : *spans) {
      if (span.last != 0) ranges.reserved.push_back({std::max<Port>(span.first, 1), span.last});
    }
  }
  if (const auto start = sysctls.unprivileged_port_start(); start) ranges.unprivileged_start = *start;
  return ranges;
}

}  // namespace berth::inspect
