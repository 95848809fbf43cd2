#include "inspect/nat_registers.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace berth::inspect {
namespace {

using system::IpBytes;
using system::IpFamily;
using system::netfilter::Load;
using system::netfilter::Octets;
using system::netfilter::Register;
using system::netfilter::Subject;
using Key = std::span<const std::uint8_t>;

constexpr std::size_t bytes_of_a_register = 4;
constexpr std::size_t units(std::size_t length) { return (length + bytes_of_a_register - 1) / bytes_of_a_register; }

// A field of a header, in bytes from its beginning.
struct Field {
  std::size_t offset = 0;
  std::size_t length = 0;
};
constexpr Field destination_port{2, 2};
constexpr Field destination_of(IpFamily family) { return family == IpFamily::ipv4 ? Field{16, 4} : Field{24, 16}; }
constexpr Field protocol_field(IpFamily family) { return family == IpFamily::ipv4 ? Field{9, 1} : Field{6, 1}; }

// The part of a packet that a key is compared with. The key is as long as the part.
struct Part {
  Load load;
  Key mask;
  Key first;
  Key last;
};

// The values that a field may have, at most.
struct Range {
  IpBytes first{};
  IpBytes last{};
  bool is_exact = true;
};

bool is_point(const Part& part) { return std::ranges::equal(part.first, part.last); }

// Between two values: that must be of the field, or of bytes that it begins with.
std::optional<Range> range_between(const Part& part, Field field) {
  if (part.load.offset != field.offset || part.first.size() > field.length || !part.mask.empty()) return std::nullopt;
  Range range;
  std::fill_n(range.last.begin(), field.length, std::uint8_t{0xff});
  std::ranges::copy(part.first, range.first.begin());
  std::ranges::copy(part.last, range.last.begin());
  return range;
}

// Equal to a value: as many leading bits of the field as are compared. Other bits make it less than exact.
std::optional<Range> range_around(const Part& part, Field field) {
  if (part.load.offset > field.offset || part.load.offset + part.first.size() <= field.offset) return std::nullopt;
  const auto at = field.offset - part.load.offset;
  Range range;
  bool ended = false;
  for (std::size_t i = 0; i < part.first.size(); ++i) {
    const std::uint8_t mask = part.mask.empty() ? 0xff : part.mask[i];
    if (i < at || i >= at + field.length) {
      range.is_exact = range.is_exact && mask == 0;
      continue;
    }
    const auto ones = ended ? 0 : std::countl_one(mask);
    range.is_exact = range.is_exact && std::popcount(mask) == ones;
    ended = ended || ones != 8;
    const auto kept = static_cast<std::uint8_t>(0xff00U >> ones);
    range.first[i - at] = part.first[i] & kept;
    range.last[i - at] = range.first[i - at] | static_cast<std::uint8_t>(~kept);
  }
  const auto compared = std::min(part.first.size() - at, field.length);
  std::fill(range.last.begin() + static_cast<std::ptrdiff_t>(compared),
            range.last.begin() + static_cast<std::ptrdiff_t>(field.length), std::uint8_t{0xff});
  return range;
}

std::optional<Range> range_of(const Part& part, Field field) {
  return is_point(part) ? range_around(part, field) : range_between(part, field);
}

std::uint16_t port_in(const IpBytes& bytes) { return static_cast<std::uint16_t>((bytes[0] << 8) | bytes[1]); }

Condition on_protocol(std::uint8_t first, std::uint8_t last, bool is_exact = true) {
  return {.on = Condition::On::protocol,
          .tcp = first <= IPPROTO_TCP && IPPROTO_TCP <= last,
          .udp = first <= IPPROTO_UDP && IPPROTO_UDP <= last,
          .is_exact = is_exact};
}

Condition on_verdict(bool passes) { return {.on = Condition::On::verdict, .passes = passes}; }

Condition vague() { return {.is_exact = false}; }

Condition on_transport_header(const Part& part) {
  const auto range = range_of(part, destination_port);
  if (!range) return vague();
  return {.on = Condition::On::ports,
          .ports = Ports({{port_in(range->first), port_in(range->last)}}),
          .is_exact = range->is_exact};
}

Condition on_network_header(const Part& part, IpFamily family) {
  if (const auto range = range_of(part, destination_of(family))) {
    return {.on = Condition::On::addresses,
            .addresses = Addresses({{number_of(range->first, family), number_of(range->last, family)}}),
            .is_exact = range->is_exact};
  }
  if (const auto range = range_of(part, protocol_field(family))) {
    return on_protocol(range->first[0], range->last[0], range->is_exact);
  }
  return vague();
}

template <typename T>
std::optional<T> value_of(Key key) {
  T value{};
  if (key.size() != sizeof(T)) return std::nullopt;
  std::memcpy(&value, key.data(), sizeof(T));
  return value;
}

// Equality alone; that is how these are asked for.
Condition on_number(const Part& part, std::uint32_t wanted) {
  if (!is_point(part) || !part.mask.empty()) return vague();
  if (const auto byte = value_of<std::uint8_t>(part.first)) return on_verdict(*byte == wanted);
  if (const auto word = value_of<std::uint16_t>(part.first)) return on_verdict(ntohs(*word) == wanted);
  if (const auto number = value_of<std::uint32_t>(part.first)) return on_verdict(*number == wanted);
  return vague();
}

Condition condition_on(const Part& part, IpFamily family) {
  const bool is_ipv4 = family == IpFamily::ipv4;
  switch (part.load.subject) {
    case Subject::transport_header:
      return on_transport_header(part);
    case Subject::network_header:
      return on_network_header(part, family);
    case Subject::transport_protocol:
      if (part.first.size() != 1 || !part.mask.empty()) return vague();
      return on_protocol(part.first[0], part.last[0]);
    case Subject::family:
      return on_number(part, is_ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
    case Subject::ether_type:
      return on_number(part, is_ipv4 ? ETH_P_IP : ETH_P_IPV6);
    case Subject::destination_type:
      // Only traffic to this machine is of interest, so a condition that it passes is none.
      return on_number(part, RTN_LOCAL);
    case Subject::other:
      return vague();
  }
  return vague();
}

}  // namespace

void Registers::put(Register at, std::size_t length, Slot slot) {
  if (at >= slots_.size()) return;
  for (std::size_t i = 0; i < units(length) && at + i < slots_.size(); ++i) slots_[at + i].reset();
  slots_[at] = std::move(slot);
}

void Registers::load(const Load& load) {
  constexpr std::size_t longest = 16;  // of those whose length is not known: the name of an interface
  put(load.to, load.length == 0 ? longest : load.length, {.load = load, .mask = {}, .constant = {}});
}

void Registers::load(const system::netfilter::LoadConstant& constant) {
  put(constant.to, constant.value.size(), {.load = {}, .mask = {}, .constant = constant.value});
}

void Registers::mask(const system::netfilter::Mask& mask) {
  const auto from = mask.from < slots_.size() ? slots_[mask.from] : std::nullopt;
  const bool flips = std::ranges::any_of(mask.flip, [](std::uint8_t octet) { return octet != 0; });
  if (!from || flips || !from->mask.empty() || from->load.length != mask.mask.size()) {
    load(Load{.length = static_cast<std::uint32_t>(mask.mask.size()), .to = mask.to});
    return;
  }
  put(mask.to, mask.mask.size(), {.load = from->load, .mask = mask.mask, .constant = {}});
}

std::vector<Condition> Registers::conditions(Register from, const Octets& first, const Octets& last) const {
  std::vector<Condition> conditions;
  for (std::size_t at = 0; at < first.size();) {
    const auto index = from + at / bytes_of_a_register;
    const auto* slot = index < slots_.size() && slots_[index] ? &*slots_[index] : nullptr;
    const std::size_t length = slot != nullptr && slot->load.length != 0 ? slot->load.length : bytes_of_a_register;
    const bool is_whole = slot != nullptr && last.size() == first.size() && at + length <= first.size();
    conditions.push_back(is_whole ? condition_on({.load = slot->load,
                                                  .mask = slot->mask,
                                                  .first = Key(first).subspan(at, length),
                                                  .last = Key(last).subspan(at, length)},
                                                 family_)
                                  : vague());
    at += units(length) * bytes_of_a_register;
  }
  return conditions;
}

std::optional<Key> Registers::constant(Register at, std::size_t length) const {
  for (auto index = static_cast<std::size_t>(at) + 1; index-- > 0;) {
    if (index >= slots_.size() || !slots_[index]) continue;
    const auto offset = (at - index) * bytes_of_a_register;
    const Key constant = slots_[index]->constant;
    if (offset + length > constant.size()) return std::nullopt;
    return constant.subspan(offset, length);
  }
  return std::nullopt;
}

}  // namespace berth::inspect
