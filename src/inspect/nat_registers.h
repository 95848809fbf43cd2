// What the registers of nf_tables hold while a rule is followed: not values, but which part of the packet they were
// loaded from.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "inspect/nat_traffic.h"
#include "system/netfilter_rule.h"

namespace berth::inspect {

class Registers {
 public:
  explicit Registers(system::IpFamily family) : family_(family) {}

  void load(const system::netfilter::Load& load);
  void load(const system::netfilter::LoadConstant& constant);
  void mask(const system::netfilter::Mask& mask);
  void clear() { slots_ = {}; }

  // What it means that the registers from `from` on are between two keys: a condition for each part of the key.
  std::vector<Condition> conditions(system::netfilter::Register from, const system::netfilter::Octets& first,
                                    const system::netfilter::Octets& last) const;

  // The constant that stands there; nullopt if it is none, or shorter.
  std::optional<std::span<const std::uint8_t>> constant(system::netfilter::Register at, std::size_t length) const;

 private:
  struct Slot {
    system::netfilter::Load load;
    system::netfilter::Octets mask;      // empty: of all ones
    system::netfilter::Octets constant;  // empty: none
  };
  void put(system::netfilter::Register at, std::size_t length, Slot slot);

  system::IpFamily family_;
  std::array<std::optional<Slot>, 16> slots_;
};

}  // namespace berth::inspect
