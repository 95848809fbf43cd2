#include "system/nf_tables_attributes.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>

namespace berth::system::netfilter {

Octets octets_of(ByteSpan bytes) {
  Octets octets(bytes.size());
  std::ranges::transform(bytes, octets.begin(), [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return octets;
}

std::optional<ByteSpan> Attributes::bytes(std::uint16_t type) const {
  auto rest = bytes_;
  while (const auto attribute = next_attribute(rest)) {
    if (attribute->type == type) return attribute->value;
  }
  return std::nullopt;
}

std::optional<Attributes> Attributes::nested(std::uint16_t type) const {
  const auto found = bytes(type);
  return found ? std::optional(Attributes(*found)) : std::nullopt;
}

std::optional<std::uint32_t> Attributes::number(std::uint16_t type) const {
  const auto found = bytes(type);
  const auto number = found ? peek<std::uint32_t>(*found) : std::nullopt;
  return number ? std::optional(ntohl(*number)) : std::nullopt;
}

std::optional<std::string_view> Attributes::text(std::uint16_t type) const {
  const auto found = bytes(type);
  if (!found) return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(found->data()), found->size());
  return text.substr(0, text.find('\0'));
}

std::optional<Octets> Attributes::value(std::uint16_t type) const {
  const auto found = nested(type);
  const auto bytes = found ? found->bytes(NFTA_DATA_VALUE) : std::nullopt;
  return bytes ? std::optional(octets_of(*bytes)) : std::nullopt;
}

std::optional<Register> Attributes::register_at(std::uint16_t type) const {
  constexpr Register units = NFT_REG_SIZE / NFT_REG32_SIZE;
  const auto number = this->number(type);
  if (!number) return std::nullopt;
  if (*number >= NFT_REG_1 && *number <= NFT_REG_4) return (*number - NFT_REG_1) * units;
  if (*number >= NFT_REG32_00 && *number <= NFT_REG32_15) return *number - NFT_REG32_00;
  return std::nullopt;
}

}  // namespace berth::system::netfilter
