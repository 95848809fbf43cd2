#include "system/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace berth::system {
namespace {

// The kernel fills up to 32 KiB if there is room for it, and one message may be larger.
constexpr std::size_t buffer_size = std::size_t{64} * 1024;

}  // namespace

NetlinkRequest::NetlinkRequest(std::uint16_t type) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  append(header);
}

void NetlinkRequest::append_bytes(std::span<const std::byte> part) {
  bytes_.insert(bytes_.end(), part.begin(), part.end());
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NetlinkRequest::append_text(std::uint16_t attribute, std::string_view text) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + text.size() + 1), attribute};
  append(header);
  bytes_.reserve(bytes_.size() + text.size() + NLA_ALIGNTO);
  const auto bytes = std::as_bytes(std::span(text));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  bytes_.push_back(std::byte{0});
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

std::span<const std::byte> NetlinkRequest::finish(std::uint32_t sequence) {
  const auto length = static_cast<std::uint32_t>(bytes_.size());
  std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof(length));
  std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof(sequence));
  return bytes_;
}

NetlinkSocket::NetlinkSocket(UniqueFd fd)
    : fd_(std::move(fd)), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size)) {}

std::expected<NetlinkSocket, Error> NetlinkSocket::open(int protocol) {
  NetlinkSocket result(UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)));
  if (!result.fd_) return std::unexpected(last_error("open a netlink socket"));
  sockaddr_nl name{};
  name.nl_family = AF_NETLINK;
  socklen_t length = sizeof(name);
  auto* address = reinterpret_cast<sockaddr*>(&name);
  if (::bind(result.fd_.get(), address, length) != 0 || ::getsockname(result.fd_.get(), address, &length) != 0) {
    return std::unexpected(last_error("bind a netlink socket"));
  }
  result.port_id_ = name.nl_pid;
  return result;
}

bool NetlinkSocket::be_strict() const {
  const int on = 1;
  return ::setsockopt(fd_.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) == 0;
}

std::expected<std::span<const std::byte>, Error> NetlinkSocket::receive() {
  while (true) {
    iovec part{buffer_.get(), buffer_size};
    sockaddr_nl sender{};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof(sender);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const auto length = ::recvmsg(fd_.get(), &message, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return std::unexpected(last_error("read from netlink"));
    if (sender.nl_pid != 0) continue;
    if ((message.msg_flags & MSG_TRUNC) != 0) return std::unexpected(Error{EMSGSIZE, "read from netlink"});
    return std::span<const std::byte>(buffer_.get(), static_cast<std::size_t>(length));
  }
}

std::expected<void, Error> NetlinkSocket::dump(NetlinkRequest& request,
                                               const std::function<bool(const NetlinkMessage&)>& take) {
  const NetlinkId id{++sequence_, port_id_};
  const auto bytes = request.finish(id.sequence);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  while (::sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
                  sizeof(kernel)) < 0) {
    if (errno != EINTR) return std::unexpected(last_error("ask over netlink"));
  }
  bool interrupted = false;
  while (true) {
    const auto datagram = receive();
    if (!datagram) return std::unexpected(datagram.error());
    const auto step = read_datagram(*datagram, id, take);
    if (step.error != 0) return std::unexpected(Error{step.error, "dump over netlink"});
    interrupted = interrupted || step.interrupted;
    if (step.done) break;
  }
  if (interrupted) return std::unexpected(Error{EINTR, "dump over netlink what changes meanwhile"});
  return {};
}

}  // namespace berth::system
