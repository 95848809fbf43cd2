// Asking the kernel over netlink(7): a request, and the dump that answers it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "system/error.h"
#include "system/netlink_answer.h"
#include "system/unique_fd.h"

namespace berth::system {

class NetlinkRequest {
 public:
  // A dump of everything that `type` stands for, as far as what is appended does not narrow it.
  explicit NetlinkRequest(std::uint16_t type);

  template <typename T>
  void append(const T& part) {
    append_bytes(std::as_bytes(std::span(&part, 1)));
  }
  // A terminated string.
  void append_text(std::uint16_t attribute, std::string_view text);

  // The request, complete but for the number that its answer will bear.
  std::span<const std::byte> finish(std::uint32_t sequence);

 private:
  void append_bytes(std::span<const std::byte> part);
  std::vector<std::byte> bytes_;
};

class NetlinkSocket {
 public:
  // `protocol` as in netlink(7): NETLINK_ROUTE, NETLINK_NETFILTER. Errors: those of socket(2) and bind(2);
  // EPROTONOSUPPORT if the kernel does not have it.
  static std::expected<NetlinkSocket, Error> open(int protocol);

  // NETLINK_GET_STRICT_CHK (Linux 4.20): the kernel honours what a request narrows, or refuses. Not for every protocol.
  bool be_strict() const;

  // Hands every message of the answer to `take`, which returns whether it could read it. Errors: those of sendto(2) and
  // recvmsg(2), what the kernel answers, EBADMSG for what cannot be read, EINTR if what was dumped changed meanwhile.
  // After EBADMSG the socket is of no use.
  std::expected<void, Error> dump(NetlinkRequest& request, const std::function<bool(const NetlinkMessage&)>& take);

 private:
  explicit NetlinkSocket(UniqueFd fd);
  std::expected<std::span<const std::byte>, Error> receive();

  UniqueFd fd_;
  std::uint32_t port_id_ = 0;
  std::uint32_t sequence_ = 0;
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace berth::system
