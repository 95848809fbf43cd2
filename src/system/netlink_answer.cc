#include "system/netlink_answer.h"

#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>

namespace berth::system {
namespace {

// NLMSG_ERROR and NLMSG_DONE begin with a negated errno; 0 is an acknowledgement, and nothing is larger than MAX_ERRNO.
int error_in(ByteSpan payload) {
  constexpr int max_errno = 4095;
  const int number = peek<int>(payload).value_or(0);
  if (number >= 0) return 0;
  return number < -max_errno ? EBADMSG : -number;
}

NetlinkStep read_message(const NetlinkMessage& message, const std::function<bool(const NetlinkMessage&)>& take) {
  switch (message.type) {
    case NLMSG_ERROR:
      return {.done = true, .error = message.payload.size() < sizeof(int) ? EBADMSG : error_in(message.payload)};
    case NLMSG_OVERRUN:
      return {.error = ENOBUFS};
    case NLMSG_DONE:
      return {.done = true, .error = error_in(message.payload)};
    case NLMSG_NOOP:
      return {};
    default:
      return {.error = take(message) ? 0 : EBADMSG};
  }
}

}  // namespace

ByteSpan after(ByteSpan bytes, std::size_t length) {
  return bytes.subspan(std::min(static_cast<std::size_t>(NLMSG_ALIGN(length)), bytes.size()));
}

std::optional<NetlinkAttribute> next_attribute(ByteSpan& bytes) {
  const auto header = peek<nlattr>(bytes);
  if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > bytes.size()) return std::nullopt;
  const NetlinkAttribute attribute{static_cast<std::uint16_t>(header->nla_type & NLA_TYPE_MASK),
                                   bytes.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr))};
  bytes = after(bytes, header->nla_len);
  return attribute;
}

NetlinkStep read_datagram(ByteSpan datagram, const NetlinkId& id,
                          const std::function<bool(const NetlinkMessage&)>& take) {
  bool interrupted = false;
  while (!datagram.empty()) {
    const auto header = peek<nlmsghdr>(datagram);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) {
      return {.error = EBADMSG};
    }
    const auto payload = datagram.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    datagram = after(datagram, header->nlmsg_len);
    if (header->nlmsg_seq != id.sequence || header->nlmsg_pid != id.port_id) continue;
    interrupted = interrupted || (header->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    auto step = read_message({header->nlmsg_type, payload}, take);
    step.interrupted = interrupted;
    if (step.done || step.error != 0) return step;
  }
  return {.interrupted = interrupted};
}

}  // namespace berth::system
