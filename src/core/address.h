// Addresses that a port can be bound on.
//
// `*` is every address of both families. `::` comes in two forms: a dual-stack socket's `::` covers IPv4 too, a v6-only
// one does not (ipv6(7), IPV6_V6ONLY). IPv4-mapped addresses (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) *are* IPv4
// addresses here, as they are for the kernel's conflict check.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth {

class Address {
 public:
  enum class Family : std::uint8_t { any, ipv4, ipv6 };

  // `*`
  constexpr Address() = default;
  static Address ipv4(std::array<std::uint8_t, 4> bytes);
  // An IPv4-mapped address becomes the IPv4 address. `v6only` matters for `::` alone.
  static Address ipv6(const std::array<std::uint8_t, 16>& bytes, bool v6only = false);

  // `*`, dotted IPv4 or IPv6 (without brackets and without a zone). Nothing else: no names, no octal, no short forms.
  static std::optional<Address> parse(std::string_view text);
  std::string to_string() const;

  Family family() const { return family_; }
  // `*`, `0.0.0.0` or `::`
  bool is_wildcard() const;
  // 127.0.0.0/8 or ::1
  bool is_loopback() const;
  bool is_v6only() const { return v6only_; }
  // In network order; the first four bytes for IPv4.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  // Whether one packet could be meant for both: what the kernel calls a bind conflict, ports and protocols aside.
  static bool overlap(const Address& left, const Address& right);

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  bool covers_ipv4() const;
  bool covers_ipv6() const;

  Family family_ = Family::any;
  bool v6only_ = false;
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace berth
