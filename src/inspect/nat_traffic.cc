#include "inspect/nat_traffic.h"

#include <algorithm>
#include <utility>

namespace berth::inspect {
namespace {

template <typename T>
Intervals<T> joined(const Intervals<T>& left, const Intervals<T>& right) {
  auto parts = left.parts();
  parts.insert(parts.end(), right.parts().begin(), right.parts().end());
  return Intervals<T>(std::move(parts));
}

template <typename T>
Intervals<T> narrowed(const Intervals<T>& all, const Intervals<T>& to, bool inverted) {
  return inverted ? all.without(to) : all.intersection(to);
}

}  // namespace

Ports every_port() { return Ports({{1, 65535}}); }

AddressNumber number_of(const system::IpBytes& bytes, system::IpFamily family) {
  if (family == system::IpFamily::ipv6) return bytes;
  AddressNumber number{};
  std::copy_n(bytes.begin(), 4, number.end() - 4);
  return number;
}

Addresses every_address(system::IpFamily family) {
  system::IpBytes last{};
  last.fill(0xff);
  return Addresses({{AddressNumber{}, number_of(last, family)}});
}

Traffic Traffic::all(system::IpFamily family) {
  return {.family = family, .tcp = every_port(), .udp = every_port(), .addresses = every_address(family)};
}

void Traffic::remove(const Traffic& gone) {
  if (!gone.is_exact) return;
  if (addresses.without(gone.addresses).empty()) {
    tcp = tcp.without(gone.tcp);
    udp = udp.without(gone.udp);
  } else if (tcp.without(gone.tcp).empty() && udp.without(gone.udp).empty()) {
    addresses = addresses.without(gone.addresses);
  }
}

void Condition::add(const Condition& other) {
  ports = joined(ports, other.ports);
  addresses = joined(addresses, other.addresses);
  tcp = tcp || other.tcp;
  udp = udp || other.udp;
  passes = passes || other.passes;
  is_exact = is_exact && other.is_exact;
}

void narrow(Traffic& traffic, const Condition& condition, bool inverted) {
  traffic.is_exact = traffic.is_exact && condition.is_exact;
  // The opposite of something vague may be anything.
  if (inverted && !condition.is_exact) return;
  switch (condition.on) {
    case Condition::On::ports:
      traffic.tcp = narrowed(traffic.tcp, condition.ports, inverted);
      traffic.udp = narrowed(traffic.udp, condition.ports, inverted);
      break;
    case Condition::On::addresses:
      traffic.addresses = narrowed(traffic.addresses, condition.addresses, inverted);
      traffic.is_addressed = traffic.is_addressed || !inverted;
      break;
    case Condition::On::protocol:
      if (condition.tcp == inverted) traffic.tcp = Ports();
      if (condition.udp == inverted) traffic.udp = Ports();
      break;
    case Condition::On::verdict:
      if (condition.passes == inverted) traffic.tcp = traffic.udp = Ports();
      break;
    case Condition::On::nothing:
      traffic.is_exact = false;
      break;
  }
}

}  // namespace berth::inspect
