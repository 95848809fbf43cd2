// Rule 4: asking for another port, kind, protocol or address is a new request; the old port is given back.
#include <gmock/gmock.h>

#include <array>

#include "core/ownership.h"
#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::allocation;
using tests::decide_one;
using tests::endpoint;
using tests::listener;
using tests::moved;
using tests::owned;
using tests::ports;
using tests::ports_of;
using tests::registry;
using tests::request;
using tests::Scene;
using tests::unit;

TEST(AnotherPort, IsGivenAndTheOldOneGivenBack) {
  Scene scene;
  const std::array asked{request("web", "9000"), request("app", "8080", Kind::fixed)};
  const auto outcome = tests::decide_all(registry({allocation("web", "8080")}), scene, asked).value();
  EXPECT_EQ(outcome.decisions[0].before, allocation("web", "8080"));
  EXPECT_EQ(outcome.decisions[0].choice, Choice::preferred);
  EXPECT_EQ(outcome.registry.find("web")->endpoint, endpoint("9000"));
  EXPECT_EQ(outcome.registry.find("app")->endpoint, endpoint("8080"));
}

TEST(AnotherPort, IsRecordedWithItsTime) {
  Scene scene;
  const auto decision = decide_one(registry({allocation("web", "8080")}), scene, request("web", "9000")).value();
  EXPECT_EQ(decision.allocation.since, tests::now);
  EXPECT_EQ(decision.allocation.preferred, Port{9000});
}

TEST(AnotherPort, KeepsKindOwnerAndUnknownFields) {
  Scene scene;
  auto web = owned(allocation("web", "8080", Kind::fixed), unit("web.service"));
  web.unknown = {{"note", "\"mine\""}};
  const auto decision = decide_one(registry({web}), scene, request("web", "9000")).value();
  EXPECT_EQ(decision.allocation.kind, Kind::fixed);
  EXPECT_EQ(decision.allocation.owner, web.owner);
  EXPECT_EQ(decision.allocation.unknown, web.unknown);
}

TEST(AnotherPort, ThatIsTakenLeavesAFixedServiceWhereItIs) {
  Scene scene;
  const auto some = registry({allocation("web", "8080", Kind::fixed), allocation("app", "9000")});
  EXPECT_EQ(decide_one(some, scene, request("web", "9000")).error().code, ErrorCode::taken);
}

TEST(AnotherPort, ThatIsTakenMovesAFlexibleServiceUpFromThere) {
  Scene scene;
  const auto some = registry({allocation("web", "8080"), allocation("app", "9000")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "9000"))), ports("9001"));
}

TEST(AnotherPort, MayBeOneThatTheServiceHasAlready) {
  Scene scene{.holders = {listener("8081")}};
  const auto some = registry({moved("web", "8081", 8080)});
  const auto decision = decide_one(some, scene, request("web", "8081")).value();
  EXPECT_EQ(decision.allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(decision.allocation.preferred, Port{8081});
}

TEST(AnotherPort, OfARangeMayOverlapTheOldOne) {
  Scene scene{.holders = {listener("10005/udp", "rtp")}};
  const auto some = registry({allocation("rtp", "10000-10010/udp")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("rtp", "10005-10015/udp"))), ports("10005-10015"));
  EXPECT_EQ(ports_of(decide_one(some, scene, request("rtp", "10000-10020/udp"))), ports("10000-10020"));
}

TEST(AnotherPort, IsNotTheOldOneIfAForeignHolderHasThat) {
  Scene scene{.holders = {listener("8081", "caddy"), listener("8080", "caddy")}};
  const auto some = registry({owned(allocation("web", "8081"), unit("nginx.service"))});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080"))), ports("8082"));
}

TEST(AnotherKind, KeepsThePortOfARunningService) {
  Scene scene{.holders = {listener("8080")}};
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    const auto other = kind == Kind::fixed ? Kind::flexible : Kind::fixed;
    const auto decision =
        decide_one(registry({allocation("web", "8080", kind)}), scene, request("web", "8080", other)).value();
    EXPECT_EQ(decision.allocation.endpoint, endpoint("8080"));
    EXPECT_EQ(decision.allocation.kind, other);
    EXPECT_EQ(decision.allocation.contest, std::nullopt);
    EXPECT_THAT(decision.warnings, IsEmpty());
    EXPECT_TRUE(decision.changes());
  }
}

TEST(AnotherKind, FixesWhatWasPreferredNotWhereItIs) {
  Scene scene;
  const auto some = registry({moved("web", "8081", 8080), allocation("app", "8080")});
  EXPECT_EQ(decide_one(some, scene, request("web", "8080", Kind::fixed)).error().code, ErrorCode::taken);
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8081", Kind::fixed))), ports("8081"));
}

TEST(AnotherKind, IsAContestWithAKnownForeignHolder) {
  Scene scene{.holders = {listener("8080", "caddy")}};
  const auto some = registry({owned(allocation("web", "8080"), unit("nginx.service"))});
  const auto decision = decide_one(some, scene, request("web", "8080", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.contest->owner, unit("caddy.service"));
  EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("held by caddy")));
}

TEST(AnotherProtocol, GivesTheOldOneBack) {
  Scene scene;
  const std::array asked{request("dns", "53/udp"), request("other", "53")};
  const auto outcome = tests::decide_all(registry({allocation("dns", "53")}), scene, asked).value();
  EXPECT_EQ(outcome.registry.find("dns")->endpoint, endpoint("53/udp"));
  EXPECT_EQ(outcome.registry.find("other")->endpoint, endpoint("53"));
}

TEST(AnotherProtocol, BesideTheOldOneIsNotTakenFromAForeignHolder) {
  Scene scene{.holders = {listener("5353", "dns"), listener("5353/udp", "avahi")}};
  const auto some = registry({allocation("dns", "5353")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("dns", "5353/tcp+udp"))), ports("5354"));
  const auto fixed = decide_one(some, scene, request("dns", "5353/tcp+udp", Kind::fixed)).value();
  EXPECT_THAT(fixed.warnings, ElementsAre(HasSubstr("held by avahi")));
}

TEST(AnotherProtocol, BesideTheOldOneKeepsTheRunningServicesPort) {
  Scene scene{.holders = {listener("5353", "dns")}};
  const auto some = registry({allocation("dns", "5353")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("dns", "5353/tcp+udp"))), ports("5353"));
  const auto fixed = decide_one(some, scene, request("dns", "5353/tcp+udp", Kind::fixed)).value();
  EXPECT_THAT(fixed.warnings, IsEmpty());
}

TEST(AnotherAddress, IsANewRequest) {
  Scene scene;
  const auto some = registry({allocation("web", "127.0.0.1:8080"), allocation("app", "127.0.0.2:8080")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "127.0.0.3:8080"))), ports("8080"));
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080"))), ports("8081"));
  EXPECT_EQ(decide_one(some, scene, request("web", "127.0.0.2:8080", Kind::fixed)).error().code, ErrorCode::taken);
}

TEST(AnotherAddress, AroundTheOldOneIsNotTakenFromAForeignHolder) {
  Scene scene{.holders = {listener("127.0.0.1:8080", "web"), listener("127.0.0.2:8080", "caddy")}};
  const auto some = registry({allocation("web", "127.0.0.1:8080")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080"))), ports("8081"));
}

TEST(AnotherAddress, AroundTheOldOneKeepsTheRunningServicesPort) {
  Scene scene{.holders = {listener("127.0.0.1:8080", "web")}};
  EXPECT_EQ(ports_of(decide_one(registry({allocation("web", "127.0.0.1:8080")}), scene, request("web", "8080"))),
            ports("8080"));
}

TEST(AnotherBound, IsANewRequestOnlyIfThePortLiesOutside) {
  Scene scene;
  const auto some = registry({moved("web", "8085", 8080), allocation("app", "8080")});
  EXPECT_EQ(decide_one(some, scene, tests::request_within("web", "8080", "8080-8089"))->choice, Choice::kept);
  EXPECT_EQ(ports_of(decide_one(some, scene, tests::request_within("web", "8080", "8080-8084"))), ports("8081"));
}

}  // namespace
}  // namespace berth
