// What the NAT inspector says is what happens to a connection.
#include "inspect/nat.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "live/child.h"
#include "live/packet_filter.h"

namespace berth::live {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint16_t port = 8080;
constexpr std::uint16_t elsewhere = 3000;

class Nat : public PacketFilterTest {
 protected:
  // Uses the program, or skips.
  void require(const std::string& program) {
    if (!has_program(program)) GTEST_SKIP() << program << " is not installed";
  }

  // Which of two servers a connection to `port` reaches.
  static std::uint16_t reached(const std::string& address = "127.0.0.1") {
    const auto own = listen_on({.address = address, .port = port});
    const auto other = listen_on({.address = address, .port = elsewhere});
    EXPECT_TRUE(own && other) << "bind() is to succeed";
    const auto client = connect_from({.address = address}, address, port);
    if (own && accept_from(*own)) return port;
    return other && accept_from(*other) ? elsewhere : 0;
  }
};

#define NEEDS(program) \
  require(program);    \
  if (IsSkipped()) return

TEST_F(Nat, NoRulesTakeNothing) {
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(reached(), port);
}

TEST_F(Nat, ARedirectReachesTheOther) {
  NEEDS("nft");
  run("nft -f -",
      "table inet t { chain out { type nat hook output priority -100; tcp dport 8080 redirect to :3000; }; }");
  EXPECT_THAT(taken(), ElementsAre("8080/tcp -> :3000"));
  EXPECT_EQ(reached(), elsewhere);
  EXPECT_EQ(reached("::1"), elsewhere);
}

TEST_F(Nat, AMapReachesTheOther) {
  NEEDS("nft");
  run("nft -f -",
      "table ip t { chain out { type nat hook output priority -100; dnat ip to tcp dport map { 8080 : 127.0.0.1 . 3000 "
      "}; }; }");
  EXPECT_THAT(taken(), ElementsAre("0.0.0.0:8080/tcp -> 127.0.0.1:3000"));
  EXPECT_EQ(reached(), elsewhere);
}

TEST_F(Nat, ARuleOfIptablesNftReachesTheOther) {
  NEEDS("iptables-nft");
  run("iptables-nft -t nat -A OUTPUT -p tcp -m multiport --dports 8080:8090 -j DNAT --to-destination 127.0.0.1:3000");
  EXPECT_THAT(taken(), ElementsAre("0.0.0.0:8080-8090/tcp -> 127.0.0.1:3000"));
  EXPECT_EQ(reached(), elsewhere);
}

TEST_F(Nat, ARuleOfIptablesLegacyReachesTheOther) {
  NEEDS("ip6tables-legacy");
  run("ip6tables-legacy -t nat -A OUTPUT -p tcp --dport 8080 -j REDIRECT --to-ports 3000");
  EXPECT_THAT(taken(), ElementsAre("[::]:8080/tcp -> :3000"));
  EXPECT_EQ(reached("::1"), elsewhere);
  EXPECT_EQ(reached(), port);
}

TEST_F(Nat, AnEarlierExceptionReachesItsOwn) {
  NEEDS("nft");
  run("nft -f -",
      "table ip t { chain out { type nat hook output priority -100; tcp dport 8080 return; tcp dport 8000-8100 "
      "redirect "
      "to :3000; }; }");
  EXPECT_THAT(taken(), ElementsAre("0.0.0.0:8000-8079/tcp -> :3000", "0.0.0.0:8081-8100/tcp -> :3000"));
  EXPECT_EQ(reached(), port);
}

TEST_F(Nat, ARedirectToTheSamePortReachesItsOwn) {
  NEEDS("nft");
  run("nft -f -", "table ip t { chain out { type nat hook output priority -100; tcp dport 8080 redirect; }; }");
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_EQ(reached(), port);
}

TEST_F(Nat, OnlyWhatTheQuestionIsAbout) {
  NEEDS("nft");
  run("nft -f -",
      "table ip t { chain pre { type nat hook prerouting priority dstnat; tcp dport { 80, 443 } redirect to :1; }; }");
  const auto ports = [](const std::string& spec) {
    return inspect::NatInspector().inspect(about(endpoint(spec))).holders.size();
  };
  EXPECT_EQ(ports("443"), 1U);
  EXPECT_EQ(ports("127.0.0.1:80-500"), 2U);
  EXPECT_EQ(ports("443/udp"), 0U);
  EXPECT_EQ(ports("[::1]:443"), 0U);
}

TEST_F(Nat, AConditionThatCannotBeReadNarrowsAKnownPort) {
  NEEDS("iptables-legacy");
  run("iptables-legacy -t nat -A PREROUTING -p tcp --dport 80 -m u32 --u32 '6&0xff=6' -j REDIRECT --to-ports 1");
  EXPECT_THAT(taken(), ElementsAre("0.0.0.0:80/tcp -> :1"));
}

TEST_F(Nat, AConditionThatCannotBeReadAloneIsABlindSpot) {
  NEEDS("iptables-nft");
  run("iptables-nft -t nat -A PREROUTING -p tcp -m u32 --u32 '6&0xff=6' -j REDIRECT --to-ports 1");
  const auto census = inspect::NatInspector().inspect({});
  EXPECT_THAT(census.holders, IsEmpty());
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
  EXPECT_THAT(census.blind_spots[0].why, testing::HasSubstr("`u32`"));
}

TEST_F(Nat, ARuleForEveryPortIsHeldAgainstNone) {
  NEEDS("nft");
  run("nft -f -",
      "table ip t { chain pre { type nat hook prerouting priority dstnat; ip protocol tcp dnat to 10.0.0.2; }; }");
  const auto census = inspect::NatInspector().inspect({});
  EXPECT_THAT(census.holders, IsEmpty());
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
}

TEST_F(Nat, WhoMayNotReadTheRulesIsTold) {
  expect_in_child([] {
    if (::setresuid(65534, 65534, 65534) != 0 && ::unshare(CLONE_NEWUSER) != 0) return;
    const auto census = inspect::NatInspector().inspect({});
    EXPECT_THAT(census.answered, IsEmpty());
    ASSERT_THAT(census.blind_spots, SizeIs(1));
    EXPECT_TRUE(census.blind_spots[0].hides_holders);
    EXPECT_THAT(census.blind_spots[0].why, testing::HasSubstr("root"));
  });
}

TEST_F(Nat, TheDeadlineIsKept) {
  const auto census = inspect::NatInspector().inspect({.deadline = std::chrono::steady_clock::now()});
  EXPECT_THAT(census.answered, IsEmpty());
  EXPECT_THAT(census.blind_spots, SizeIs(1));
}

}  // namespace
}  // namespace berth::live
