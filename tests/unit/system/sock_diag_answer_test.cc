#include "system/sock_diag_answer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr NetlinkId our_dump{7, 4711};

using Bytes = std::vector<std::byte>;

template <typename T>
void append(Bytes& bytes, const T& part) {
  const auto at = bytes.size();
  bytes.resize(at + sizeof(T));
  std::memcpy(bytes.data() + at, &part, sizeof(T));
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes cut(Bytes bytes, std::size_t length) {
  bytes.resize(length);
  return bytes;
}

// With a header that tells its length.
Bytes message(std::uint16_t type, const Bytes& payload, std::uint16_t flags = NLM_F_MULTI, NetlinkId id = our_dump) {
  Bytes bytes;
  append(bytes,
         nlmsghdr{static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()), type, flags, id.sequence, id.port_id});
  bytes = bytes + payload;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

Bytes attribute(std::uint16_t type, const Bytes& value) {
  Bytes bytes;
  append(bytes, rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
  bytes = bytes + value;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

template <typename T>
Bytes bytes_of(const T& value) {
  Bytes bytes;
  append(bytes, value);
  return bytes;
}

inet_diag_msg listening_on_8080() {
  inet_diag_msg socket{};
  socket.idiag_family = AF_INET;
  socket.idiag_state = 10;
  socket.id.idiag_sport = htons(8080);
  socket.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  socket.idiag_uid = 33;
  socket.idiag_inode = 99;
  return socket;
}

inet_diag_msg dual_stack_on_8080() {
  auto socket = listening_on_8080();
  socket.idiag_family = AF_INET6;
  socket.id.idiag_src[0] = 0;
  return socket;
}

Bytes socket_message(const inet_diag_msg& socket, const Bytes& attributes = {}) {
  return message(SOCK_DIAG_BY_FAMILY, bytes_of(socket) + attributes);
}

Bytes done(int error = 0) { return message(NLMSG_DONE, bytes_of(error)); }

struct Answer {
  NetlinkStep step;
  std::vector<SocketEntry> sockets;
};

Answer read(const Bytes& datagram, Transport transport = Transport::tcp) {
  Answer answer;
  answer.step = read_datagram(datagram, our_dump, [&](const NetlinkMessage& message) {
    return read_socket(message, transport, answer.sockets);
  });
  return answer;
}

TEST(SockDiagAnswer, ReadsASocket) {
  const auto answer = read(socket_message(listening_on_8080()));
  EXPECT_FALSE(answer.step.done);
  SocketEntry expected;
  expected.state = SocketState::listening;
  expected.local = {127, 0, 0, 1};
  expected.local_port = 8080;
  expected.uid = 33;
  expected.inode = 99;
  EXPECT_THAT(answer.sockets, ElementsAre(expected));
}

TEST(SockDiagAnswer, ReadsBothEndsOfAConnection) {
  auto socket = dual_stack_on_8080();
  socket.idiag_state = 1;
  socket.id.idiag_src[3] = htonl(1);
  socket.id.idiag_dst[3] = htonl(2);
  socket.id.idiag_dport = htons(443);
  const auto answer = read(socket_message(socket));
  ASSERT_THAT(answer.sockets, SizeIs(1));
  EXPECT_EQ(answer.sockets[0].family, IpFamily::ipv6);
  EXPECT_EQ(answer.sockets[0].local[15], 1);
  EXPECT_EQ(answer.sockets[0].remote[15], 2);
  EXPECT_EQ(answer.sockets[0].remote_port, 443);
}

TEST(SockDiagAnswer, ReadsWhetherItIsV6Only) {
  for (const auto flag : {std::uint8_t{0}, std::uint8_t{1}}) {
    const auto answer = read(socket_message(dual_stack_on_8080(), attribute(INET_DIAG_SKV6ONLY, bytes_of(flag))));
    ASSERT_THAT(answer.sockets, SizeIs(1));
    EXPECT_EQ(answer.sockets[0].v6only, flag != 0);
  }
}

TEST(SockDiagAnswer, ReadsTheCgroup) {
  const auto id = attribute(INET_DIAG_CGROUP_ID, bytes_of(std::uint64_t{0x100000002}));
  const auto answer = read(socket_message(listening_on_8080(), id));
  ASSERT_THAT(answer.sockets, SizeIs(1));
  EXPECT_EQ(answer.sockets[0].cgroup, 0x100000002);
}

TEST(SockDiagAnswer, SkipsAttributesThatItDoesNotKnow) {
  const auto attributes =
      attribute(999, bytes_of(std::uint8_t{1})) + attribute(INET_DIAG_SKV6ONLY, bytes_of(std::uint8_t{1}));
  const auto answer = read(socket_message(dual_stack_on_8080(), attributes));
  ASSERT_THAT(answer.sockets, SizeIs(1));
  EXPECT_TRUE(answer.sockets[0].v6only);
}

TEST(SockDiagAnswer, TellsWhenAClosedConnectionIsGone) {
  auto socket = listening_on_8080();
  socket.idiag_state = 6;
  socket.idiag_timer = 3;
  socket.idiag_expires = 59'000;
  const auto answer = read(socket_message(socket));
  ASSERT_THAT(answer.sockets, SizeIs(1));
  EXPECT_EQ(answer.sockets[0].state, SocketState::time_wait);
  EXPECT_EQ(answer.sockets[0].expires, 59'000);
}

TEST(SockDiagAnswer, OtherTimersAreNotThatOfItsEnd) {
  auto socket = listening_on_8080();
  socket.idiag_timer = 2;
  socket.idiag_expires = 7'200'000;
  EXPECT_EQ(read(socket_message(socket)).sockets.at(0).expires, std::nullopt);
}

TEST(SockDiagAnswer, ReadsEveryMessageOfADatagram) {
  const auto one = socket_message(listening_on_8080());
  EXPECT_THAT(read(one + one + one).sockets, SizeIs(3));
}

TEST(SockDiagAnswer, StopsWhenTheDumpIsDone) {
  const auto one = socket_message(listening_on_8080());
  const auto answer = read(one + done() + one);
  EXPECT_TRUE(answer.step.done);
  EXPECT_THAT(answer.sockets, SizeIs(1));
}

TEST(SockDiagAnswer, ADumpMayEndWithoutANumber) { EXPECT_TRUE(read(message(NLMSG_DONE, {})).step.done); }

TEST(SockDiagAnswer, SaysWhenTheTablesChanged) {
  const auto flagged = message(SOCK_DIAG_BY_FAMILY, bytes_of(listening_on_8080()), NLM_F_MULTI | NLM_F_DUMP_INTR);
  const auto answer = read(flagged + done());
  EXPECT_TRUE(answer.step.done);
  EXPECT_TRUE(answer.step.interrupted);
  EXPECT_FALSE(read(done()).step.interrupted);
}

TEST(SockDiagAnswer, OtherTypesAreSkipped) {
  const auto answer = read(message(NLMSG_NOOP, {}) + message(77, bytes_of(1)) + done());
  EXPECT_TRUE(answer.step.done);
  EXPECT_THAT(answer.sockets, IsEmpty());
}

TEST(SockDiagAnswer, MessagesOfAnotherDumpAreSkipped) {
  for (const NetlinkId other : {NetlinkId{8, 4711}, NetlinkId{7, 4712}}) {
    const auto foreign = message(SOCK_DIAG_BY_FAMILY, bytes_of(listening_on_8080()), NLM_F_DUMP_INTR, other) +
                         message(NLMSG_ERROR, bytes_of(-EPERM), 0, other) + message(NLMSG_DONE, {}, 0, other);
    const auto answer = read(foreign + socket_message(listening_on_8080()));
    EXPECT_FALSE(answer.step.done);
    EXPECT_FALSE(answer.step.interrupted);
    EXPECT_THAT(answer.sockets, SizeIs(1));
  }
}

struct Failure {
  std::string name;
  Bytes datagram;
  int error;
};

Bytes with_length(Bytes bytes, std::uint32_t length) {
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes;
}

Bytes attribute_of_length(std::uint16_t length) {
  return bytes_of(rtattr{length, INET_DIAG_SKV6ONLY}) + bytes_of(std::uint32_t{1});
}

inet_diag_msg of_unix_family() {
  auto socket = listening_on_8080();
  socket.idiag_family = AF_UNIX;
  return socket;
}

std::vector<Failure> failures() {
  const auto good = socket_message(listening_on_8080());
  return {
      {"one_byte", cut(good, 1), EBADMSG},
      {"header_cut", cut(good, sizeof(nlmsghdr) - 1), EBADMSG},
      {"length_zero", with_length(good, 0), EBADMSG},
      {"length_below_header", with_length(good, sizeof(nlmsghdr) - 1), EBADMSG},
      {"length_beyond_datagram", with_length(good, static_cast<std::uint32_t>(good.size() + 1)), EBADMSG},
      {"length_huge", with_length(good, 0xffffffff), EBADMSG},
      {"datagram_cut", cut(good, good.size() - 4), EBADMSG},
      {"socket_cut", message(SOCK_DIAG_BY_FAMILY, cut(bytes_of(listening_on_8080()), 71)), EBADMSG},
      {"socket_empty", message(SOCK_DIAG_BY_FAMILY, {}), EBADMSG},
      {"family_unknown", socket_message(of_unix_family()), EBADMSG},
      {"attribute_header_cut", socket_message(listening_on_8080(), cut(attribute_of_length(8), 2)), EBADMSG},
      {"attribute_length_zero", socket_message(listening_on_8080(), attribute_of_length(0)), EBADMSG},
      {"attribute_length_below_header", socket_message(listening_on_8080(), attribute_of_length(3)), EBADMSG},
      {"attribute_beyond_message", socket_message(listening_on_8080(), attribute_of_length(9)), EBADMSG},
      {"v6only_without_value", socket_message(listening_on_8080(), attribute(INET_DIAG_SKV6ONLY, {})), EBADMSG},
      {"cgroup_of_four_bytes", socket_message(listening_on_8080(), attribute(INET_DIAG_CGROUP_ID, bytes_of(1))),
       EBADMSG},
      {"error_without_number", message(NLMSG_ERROR, {}), EBADMSG},
      {"error", message(NLMSG_ERROR, bytes_of(-ENOENT)), ENOENT},
      {"done_with_error", done(-EINVAL), EINVAL},
      {"error_that_is_none", message(NLMSG_ERROR, bytes_of(std::numeric_limits<int>::min())), EBADMSG},
      {"overrun", message(NLMSG_OVERRUN, {}), ENOBUFS},
      {"good_then_bad", good + cut(good, 20), EBADMSG},
  };
}

class BrokenAnswer : public testing::TestWithParam<Failure> {};

TEST_P(BrokenAnswer, Fails) {
  const auto answer = read(GetParam().datagram);
  EXPECT_EQ(answer.step.error, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenAnswer, testing::ValuesIn(failures()),
                         [](const auto& each) { return each.param.name; });

TEST(SockDiagAnswer, NoPrefixOfAnAnswerIsTakenForTheWhole) {
  const auto whole =
      socket_message(dual_stack_on_8080(), attribute(INET_DIAG_SKV6ONLY, bytes_of(std::uint8_t{1}))) + done();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read(cut(whole, length)).step.done) << length;
  }
}

TEST(SockDiagRelease, KnowsWhichKernelsShowBoundSockets) {
  for (const char* release : {"6.8.0", "6.8", "6.18.44-fc", "7.0.0-rc1", "10.1"}) {
    EXPECT_TRUE(dump_shows_bound_sockets(release)) << release;
  }
  for (const char* release : {"6.1.0-18-amd64", "6.7.12", "5.15.0", "4.19", "", "linux"}) {
    EXPECT_FALSE(dump_shows_bound_sockets(release)) << release;
  }
}

}  // namespace
}  // namespace berth::system
