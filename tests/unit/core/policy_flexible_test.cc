// Rule 1: a new flexible service gets the preferred port if nothing has it, else the next available one upward.
#include <gmock/gmock.h>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::decide_one;
using tests::listener;
using tests::ports;
using tests::ports_of;
using tests::registry;
using tests::request;
using tests::request_within;
using tests::Scene;

TEST(NewFlexible, GetsThePreferredPort) {
  Scene scene;
  const auto decision = decide_one({}, scene, request("web", "8080", Kind::flexible)).value();
  EXPECT_EQ(decision.choice, Choice::preferred);
  EXPECT_EQ(decision.before, std::nullopt);
  EXPECT_TRUE(decision.changes());
  EXPECT_THAT(decision.skipped, IsEmpty());
  EXPECT_THAT(decision.warnings, IsEmpty());
  EXPECT_THAT(decision.notes, IsEmpty());
}

TEST(NewFlexible, IsRecordedAsAskedFor) {
  Scene scene;
  const auto asked = request("web", "127.0.0.1:8080-8083/tcp+udp", Kind::flexible);
  const auto outcome = tests::decide_all({}, scene, {&asked, 1}).value();
  EXPECT_TRUE(outcome.changes());
  const Allocation expected{.service = "web",
                            .endpoint = asked.endpoint,
                            .kind = Kind::flexible,
                            .preferred = Port{8080},
                            .since = std::string(tests::now)};
  EXPECT_EQ(outcome.registry.allocations().size(), 1U);
  EXPECT_EQ(*outcome.registry.find("web"), expected);
}

TEST(NewFlexible, IsWhatIsMeantIfNothingIsSaid) {
  Scene scene;
  EXPECT_EQ(decide_one({}, scene, request("web", "8080"))->allocation.kind, Kind::flexible);
}

TEST(NewFlexible, MovesPastAnIdleAllocation) {
  Scene scene;
  const auto decision = decide_one(registry({allocation("app", "8080")}), scene, request("web", "8080")).value();
  EXPECT_EQ(decision.choice, Choice::moved);
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8081"));
  EXPECT_EQ(decision.allocation.preferred, Port{8080});
  EXPECT_THAT(
      decision.skipped,
      ElementsAre(Skip{ports("8080"), Verdict::allocated, {{Source::registry, "allocated to app (flexible)"}}}));
}

TEST(NewFlexible, MovesPastWhatIsHeld) {
  Scene scene{.holders = {listener("127.0.0.1:8080"), tests::connection("8081"), tests::draining("8082")}};
  const auto decision = decide_one({}, scene, request("web", "8080")).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8083"));
  EXPECT_THAT(decision.skipped, SizeIs(3));
}

TEST(NewFlexible, IsNotMovedByAnotherProtocol) {
  Scene scene{.holders = {listener("8080/udp")}};
  EXPECT_EQ(ports_of(decide_one(registry({allocation("app", "8080/udp")}), scene, request("web", "8080"))),
            ports("8080"));
}

TEST(NewFlexible, IsNotMovedByAnotherAddress) {
  Scene scene{.holders = {listener("127.0.0.2:8080"), listener("[::1]:8080")}};
  const auto taken = registry({allocation("app", "127.0.0.3:8080")});
  EXPECT_EQ(ports_of(decide_one(taken, scene, request("web", "127.0.0.1:8080"))), ports("8080"));
}

TEST(NewFlexible, TheRestOfTheRegistryStaysAsItIs) {
  Scene scene;
  const auto before = registry({allocation("app", "8080"), tests::taken_over("old", "9000")});
  const auto asked = request("web", "8080");
  auto after = tests::decide_all(before, scene, {&asked, 1})->registry;
  after.erase("web");
  EXPECT_EQ(after, before);
}

TEST(OddPort, ThatBrowsersRefuseIsTakenAsAskedWithAWarning) {
  Scene scene;
  const auto decision = decide_one({}, scene, request("web", "6667")).value();
  EXPECT_EQ(decision.choice, Choice::preferred);
  EXPECT_THAT(decision.warnings, ElementsAre("web browsers refuse port 6667"));
}

TEST(OddPort, OfAWellKnownServiceIsMeantToBeThere) {
  Scene scene;
  EXPECT_THAT(decide_one({}, scene, request("ssh", "22"))->warnings, IsEmpty());
  EXPECT_THAT(decide_one({}, scene, request("dns", "53/tcp+udp"))->warnings, IsEmpty());
}

TEST(OddPort, OfUdpIsNothingToABrowser) {
  Scene scene;
  EXPECT_THAT(decide_one({}, scene, request("sip", "5060/udp"))->warnings, IsEmpty());
  EXPECT_THAT(decide_one({}, scene, request("sip", "5060/tcp+udp"))->warnings, SizeIs(1));
}

TEST(OddPort, InTheEphemeralRangeIsTakenAsAskedWithAWarning) {
  Scene scene;
  const auto decision = decide_one({}, scene, request("web", "40000")).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("40000"));
  EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("ephemeral range 32768-60999")));
}

TEST(OddPort, IsSafeInTheEphemeralRangeIfKernelReserved) {
  Scene scene;
  scene.kernel.reserved = {ports("40000-40009")};
  EXPECT_THAT(decide_one({}, scene, request("web", "40000"))->warnings, IsEmpty());
  EXPECT_THAT(decide_one({}, scene, request("web", "40005-40010"))->warnings, SizeIs(1));
}

TEST(OddPort, OnAnAddressThatIsNotThereYetIsTakenWithAWarning) {
  Scene scene{.probes = {{8080, {Probe::Result::no_address, "this machine has no address 10.9.8.7"}}}};
  const auto decision = decide_one({}, scene, request("web", "10.9.8.7:8080")).value();
  EXPECT_EQ(decision.choice, Choice::preferred);
  EXPECT_THAT(decision.warnings, ElementsAre("this machine has no address 10.9.8.7"));
}

TEST(OddPort, ThatThisUserMayNotBindIsTakenWithAWarning) {
  Scene scene{.probes = {{80, {Probe::Result::not_permitted, "only root may"}}}};
  const auto decision = decide_one({}, scene, request("web", "80")).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("80"));
  EXPECT_THAT(decision.warnings, ElementsAre("only root may"));
}

TEST(OddPort, ThatThisUserMayNotBindIsNotTakenFromWhoIsSeenThere) {
  Scene scene{.holders = {listener("80")}, .probes = {{80, {Probe::Result::not_permitted, "only root may"}}}};
  EXPECT_EQ(ports_of(decide_one({}, scene, request("web", "80"))), ports("81"));
}

TEST(NewFlexible, IsRefusedWhereNobodyCouldLook) {
  Scene scene{.probes = {{8080, {Probe::Result::failed, "Too many open files"}}}};
  EXPECT_EQ(decide_one({}, scene, request("web", "8080")).error().code, ErrorCode::unseen);
}

TEST(Within, BoundsTheCandidates) {
  Scene scene{.holders = {listener("8080"), listener("8081")}};
  EXPECT_EQ(ports_of(decide_one({}, scene, request_within("web", "8080", "8000-8082"))), ports("8082"));
  EXPECT_EQ(decide_one({}, scene, request_within("web", "8080", "8000-8081")).error().code, ErrorCode::exhausted);
}

TEST(Within, DoesNotGoBackToItsBeginning) {
  Scene scene{.holders = {listener("8080")}};
  EXPECT_EQ(decide_one({}, scene, request_within("web", "8080", "8000-8080")).error().code, ErrorCode::exhausted);
}

TEST(Within, MustHoldThePreferredPort) {
  Scene scene;
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    auto asked = request_within("web", "8080", "9000-9999");
    asked.kind = kind;
    const auto error = decide_one({}, scene, asked).error();
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_THAT(error.message, HasSubstr("8080"));
    EXPECT_THAT(error.hint, HasSubstr("9000"));
  }
  EXPECT_EQ(decide_one({}, scene, request_within("web", "8080-8090", "8080-8085")).error().code, ErrorCode::usage);
}

TEST(Exhaustion, AtTheEndOfAllPorts) {
  Scene scene{.holders = {listener("65535")}};
  const auto error = decide_one(registry({allocation("app", "65534")}), scene, request("web", "65534")).error();
  EXPECT_EQ(error.code, ErrorCode::exhausted);
  EXPECT_EQ(error.message, "no port left from 65534 to 65535");
}

TEST(ExistingOverlap, GetsNothingNewOnTop) {
  Scene scene;
  const auto torn = registry({allocation("a", "8080"), allocation("b", "8080")});
  EXPECT_EQ(ports_of(decide_one(torn, scene, request("c", "8080"))), ports("8081"));
  EXPECT_EQ(decide_one(torn, scene, request("c", "8080", Kind::fixed)).error().code, ErrorCode::taken);
}

TEST(ExistingOverlap, LeavesTheOthersWhereTheyAre) {
  Scene scene;
  const auto torn = registry({allocation("a", "8080"), allocation("b", "8080")});
  const auto asked = request("a", "9000");
  const auto after = tests::decide_all(torn, scene, {&asked, 1})->registry;
  EXPECT_EQ(*after.find("b"), *torn.find("b"));
  EXPECT_EQ(ports_of(decide_one(after, scene, request("c", "8080"))), ports("8081"));
}

}  // namespace
}  // namespace berth
