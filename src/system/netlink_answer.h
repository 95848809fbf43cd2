// What every netlink(7) answer is made of: messages, and attributes within them. Pure: any bytes may come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>

namespace berth::system {

using ByteSpan = std::span<const std::byte>;

// The value that the bytes begin with, wherever they lie; nullopt if there are too few.
template <typename T>
std::optional<T> peek(ByteSpan bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// What follows after so many bytes and their padding, which is up to a multiple of four (NLMSG_ALIGN, NLA_ALIGN).
ByteSpan after(ByteSpan bytes, std::size_t length);

struct NetlinkAttribute {
  std::uint16_t type = 0;  // without the flags NLA_F_NESTED and NLA_F_NET_BYTEORDER
  ByteSpan value;
};

// Takes the first attribute off `bytes`; nullopt if none is left, or none that is whole (then `bytes` is not empty).
std::optional<NetlinkAttribute> next_attribute(ByteSpan& bytes);

struct NetlinkMessage {
  std::uint16_t type = 0;
  ByteSpan payload;
};

// Which messages belong to an answer: the sequence number of the request, and the port id of the socket that asked.
struct NetlinkId {
  std::uint32_t sequence = 0;
  std::uint32_t port_id = 0;
};

// What one datagram said about the answer as a whole.
struct NetlinkStep {
  bool done = false;
  bool interrupted = false;  // NLM_F_DUMP_INTR: what was dumped changed meanwhile
  int error = 0;             // an errno if it failed; EBADMSG if the datagram is malformed
};

// Hands the datagram's messages to `take`, which returns whether it could read them. Those that belong to another
// request are skipped.
NetlinkStep read_datagram(ByteSpan datagram, const NetlinkId& id,
                          const std::function<bool(const NetlinkMessage&)>& take);

}  // namespace berth::system
