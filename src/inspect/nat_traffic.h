// The packets that may reach a point in the rules: what is known of their protocol, destination port and address.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "inspect/intervals.h"
#include "system/ip.h"

namespace berth::inspect {

using Ports = Intervals<std::uint16_t>;
// An address as a number in network order, IPv4 in the last four bytes: then neighbours are neighbours.
using AddressNumber = std::array<std::uint8_t, 16>;
using Addresses = Intervals<AddressNumber>;

AddressNumber number_of(const system::IpBytes& bytes, system::IpFamily family);

Ports every_port();
Addresses every_address(system::IpFamily family);

// All pairs of one of the ports and one of the addresses. It contains every packet that may come: a condition that is
// not understood leaves it as it is.
struct Traffic {
  system::IpFamily family = system::IpFamily::ipv4;
  Ports tcp;
  Ports udp;
  Addresses addresses;
  // Whether a rule asked for certain addresses, and not only for others than some.
  bool is_addressed = false;
  // Whether all of it comes; otherwise a condition on something else may hold some back.
  bool is_exact = true;
  // The name of a condition that may be one on ports, and could not be read; empty if there was none.
  std::string unread = {};

  static Traffic all(system::IpFamily family);
  bool empty() const { return (tcp.empty() && udp.empty()) || addresses.empty(); }

  // Takes away what is certainly gone, as far as that leaves pairs of ports and addresses.
  void remove(const Traffic& gone);
};

// What a comparison lets through. What it says nothing of is as it was.
struct Condition {
  enum class On : std::uint8_t { ports, addresses, protocol, verdict, nothing };
  On on = On::nothing;
  Ports ports = {};
  Addresses addresses = {};
  bool tcp = false;      // of a protocol
  bool udp = false;      // of a protocol
  bool passes = false;   // of a verdict: all or nothing
  bool is_exact = true;  // it lets all of that through, and nothing else

  // Either of the two conditions, which are on the same.
  void add(const Condition& other);
};

void narrow(Traffic& traffic, const Condition& condition, bool inverted = false);

}  // namespace berth::inspect
