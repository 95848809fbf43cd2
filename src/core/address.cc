#include "core/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace berth {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_zero(const std::array<std::uint8_t, 16>& bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Address Address::ipv4(std::array<std::uint8_t, 4> bytes) {
  Address address;
  address.family_ = Family::ipv4;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

Address Address::ipv6(const std::array<std::uint8_t, 16>& bytes, bool v6only) {
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
    return ipv4({bytes[12], bytes[13], bytes[14], bytes[15]});
  }
  Address address;
  address.family_ = Family::ipv6;
  address.v6only_ = v6only && is_zero(bytes);
  address.bytes_ = bytes;
  return address;
}

std::optional<Address> Address::parse(std::string_view text) {
  if (text == "*") return Address{};
  // Long enough for any address; inet_pton wants a terminated string.
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.empty() || text.size() >= buffer.size() || text.contains('\0')) return std::nullopt;
  std::ranges::copy(text, buffer.begin());
  if (std::array<std::uint8_t, 4> bytes{}; inet_pton(AF_INET, buffer.data(), bytes.data()) == 1) return ipv4(bytes);
  if (std::array<std::uint8_t, 16> bytes{}; inet_pton(AF_INET6, buffer.data(), bytes.data()) == 1) return ipv6(bytes);
  return std::nullopt;
}

std::string Address::to_string() const {
  if (family_ == Family::any) return "*";
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(family_ == Family::ipv4 ? AF_INET : AF_INET6, bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

bool Address::is_wildcard() const { return family_ == Family::any || is_zero(bytes_); }

bool Address::is_loopback() const {
  if (family_ == Family::ipv4) return bytes_[0] == 127;
  if (family_ != Family::ipv6 || bytes_[15] != 1) return false;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

bool Address::covers_ipv4() const {
  if (family_ == Family::ipv6) return is_wildcard() && !v6only_;
  return is_wildcard();
}

bool Address::covers_ipv6() const { return family_ != Family::ipv4 && is_wildcard(); }

bool Address::overlap(const Address& left, const Address& right) {
  const bool ipv4 = (left.covers_ipv4() && (right.family_ == Family::ipv4 || right.covers_ipv4())) ||
                    (right.covers_ipv4() && left.family_ == Family::ipv4);
  const bool ipv6 = (left.covers_ipv6() && (right.family_ == Family::ipv6 || right.covers_ipv6())) ||
                    (right.covers_ipv6() && left.family_ == Family::ipv6);
  return ipv4 || ipv6 || (left.family_ == right.family_ && left.bytes_ == right.bytes_);
}

}  // namespace berth
