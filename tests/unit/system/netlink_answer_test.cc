#include "system/netlink_answer.h"

#include <gmock/gmock.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr NetlinkId ours{7, 4711};
using Bytes = std::vector<std::byte>;

Bytes message(std::uint16_t type, std::int32_t payload, std::uint16_t flags = NLM_F_MULTI, NetlinkId id = ours) {
  const nlmsghdr header{sizeof(nlmsghdr) + sizeof(payload), type, flags, id.sequence, id.port_id};
  Bytes bytes(header.nlmsg_len);
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), &payload, sizeof(payload));
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

struct Read {
  NetlinkStep step;
  std::vector<std::uint16_t> types = {};
};

Read read(const Bytes& datagram) {
  Read result;
  result.step = read_datagram(datagram, ours, [&](const NetlinkMessage& message) {
    result.types.push_back(message.type);
    return message.type != 99;
  });
  return result;
}

TEST(NetlinkAnswer, MessagesUpToTheEnd) {
  const auto result = read(message(20, 0) + message(21, 0) + message(NLMSG_DONE, 0));
  EXPECT_THAT(result.types, ElementsAre(20, 21));
  EXPECT_TRUE(result.step.done);
  EXPECT_EQ(result.step.error, 0);
}

TEST(NetlinkAnswer, MoreIsToCome) { EXPECT_FALSE(read(message(20, 0)).step.done); }

TEST(NetlinkAnswer, AnError) { EXPECT_EQ(read(message(NLMSG_ERROR, -EPERM)).step.error, EPERM); }

TEST(NetlinkAnswer, AnErrorAtTheEnd) { EXPECT_EQ(read(message(NLMSG_DONE, -EINVAL)).step.error, EINVAL); }

TEST(NetlinkAnswer, AnErrorThatIsNone) { EXPECT_EQ(read(message(NLMSG_ERROR, -1000000)).step.error, EBADMSG); }

TEST(NetlinkAnswer, AnOverrun) { EXPECT_EQ(read(message(NLMSG_OVERRUN, 0)).step.error, ENOBUFS); }

TEST(NetlinkAnswer, ChangesMeanwhile) {
  EXPECT_TRUE(read(message(20, 0, NLM_F_DUMP_INTR) + message(NLMSG_DONE, 0)).step.interrupted);
}

TEST(NetlinkAnswer, AnotherAnswerIsSkipped) {
  EXPECT_THAT(read(message(20, 0, NLM_F_MULTI, {6, 4711}) + message(20, 0, NLM_F_MULTI, {7, 1})).types, IsEmpty());
}

TEST(NetlinkAnswer, WhatCannotBeReadFails) { EXPECT_EQ(read(message(99, 0)).step.error, EBADMSG); }

TEST(NetlinkAnswer, ATruncatedMessageFails) {
  const auto whole = message(20, 0);
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_EQ(read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))).step.error, EBADMSG);
  }
}

TEST(NetlinkAnswer, Attributes) {
  Bytes bytes(12);
  const nlattr header{7, 3 | NLA_F_NESTED};  // three bytes, and one of padding
  std::memcpy(bytes.data(), &header, sizeof(header));
  const nlattr last{4, 5};
  std::memcpy(bytes.data() + 8, &last, sizeof(last));
  ByteSpan rest = bytes;
  const auto first = next_attribute(rest);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, 3);
  EXPECT_EQ(first->value.size(), 3U);
  const auto second = next_attribute(rest);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, 5);
  EXPECT_TRUE(rest.empty());
  EXPECT_FALSE(next_attribute(rest));
}

TEST(NetlinkAnswer, AnAttributeThatIsTooLongIsNone) {
  Bytes bytes(8);
  const nlattr header{9, 3};
  std::memcpy(bytes.data(), &header, sizeof(header));
  ByteSpan rest = bytes;
  EXPECT_FALSE(next_attribute(rest));
  EXPECT_FALSE(rest.empty());
}

}  // namespace
}  // namespace berth::system
