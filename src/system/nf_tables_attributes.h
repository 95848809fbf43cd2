// The attributes of one nf_tables message, or of one attribute in it, by their numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "system/netfilter_rule.h"
#include "system/netlink_answer.h"

namespace berth::system::netfilter {

Octets octets_of(ByteSpan bytes);

// Looks through them at every question: there are few. What is not whole is not there. Valid as long as the bytes are.
class Attributes {
 public:
  explicit Attributes(ByteSpan bytes) : bytes_(bytes) {}

  std::optional<ByteSpan> bytes(std::uint16_t type) const;
  std::optional<Attributes> nested(std::uint16_t type) const;
  // 32 bits in network order, as all numbers of nf_tables are.
  std::optional<std::uint32_t> number(std::uint16_t type) const;
  // Without its terminator.
  std::optional<std::string_view> text(std::uint16_t type) const;
  // The value in an attribute of nft_data_attributes.
  std::optional<Octets> value(std::uint16_t type) const;
  // None for the verdict register, and for one that does not exist.
  std::optional<Register> register_at(std::uint16_t type) const;

 private:
  ByteSpan bytes_;
};

}  // namespace berth::system::netfilter
