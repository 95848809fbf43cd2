// Rule 2: a fixed port is refused if another service has it, and recorded with a warning if it is merely in use.
#include <gmock/gmock.h>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::connection;
using tests::decide_one;
using tests::draining;
using tests::listener;
using tests::ports;
using tests::ports_of;
using tests::registry;
using tests::request;
using tests::Scene;

Request strict(std::string_view service, std::string_view spec) {
  auto made = request(service, spec, Kind::fixed);
  made.strict = true;
  return made;
}

TEST(Fixed, GetsAFreePort) {
  Scene scene;
  const auto decision = decide_one({}, scene, request("web", "443", Kind::fixed)).value();
  EXPECT_EQ(decision.choice, Choice::preferred);
  EXPECT_EQ(decision.allocation.kind, Kind::fixed);
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("443"));
  EXPECT_EQ(decision.allocation.preferred, Port{443});
  EXPECT_EQ(decision.allocation.contest, std::nullopt);
  EXPECT_THAT(decision.warnings, IsEmpty());
}

TEST(Fixed, IsRefusedIfAnotherServiceHasThePort) {
  Scene scene;
  const auto taken = registry({allocation("proxy", "8080", Kind::fixed)});
  const auto error = decide_one(taken, scene, request("web", "8080", Kind::fixed)).error();
  EXPECT_EQ(error.code, ErrorCode::taken);
  EXPECT_EQ(error.message, "port 8080/tcp is allocated to proxy (fixed, since 2026-11-01T00:00:00Z)");
  EXPECT_EQ(error.hint, "berth register web 8080 flexible   would give 8081");
}

TEST(Fixed, IsRefusedWhereverItOverlaps) {
  Scene scene;
  const auto taken = registry({allocation("proxy", "127.0.0.1:8080-8089/tcp+udp")});
  for (const auto* spec : {"8085", "8085/udp", "127.0.0.1:8080", "[::]:8089", "8089-8099"}) {
    EXPECT_EQ(decide_one(taken, scene, request("web", spec, Kind::fixed)).error().code, ErrorCode::taken) << spec;
  }
  for (const auto* spec : {"8090", "127.0.0.2:8080", "[::1]:8080"}) {
    EXPECT_TRUE(decide_one(taken, scene, request("web", spec, Kind::fixed)).has_value()) << spec;
  }
}

TEST(Fixed, ANameInARefusalIsEscaped) {
  Scene scene;
  const auto error =
      decide_one(registry({allocation("a\x1b[2J", "80")}), scene, request("web", "80", Kind::fixed)).error();
  EXPECT_THAT(error.message, HasSubstr("a\\x1b[2J"));
}

TEST(FixedInUse, IsRecordedAllTheSame) {
  Scene scene{.holders = {listener("0.0.0.0:80")}};
  const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
  EXPECT_EQ(decision.choice, Choice::preferred);
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("80"));
}

TEST(FixedInUse, WarnsWithTheHolderAndTheThreeWaysOut) {
  Scene scene{.holders = {listener("0.0.0.0:80")}};
  const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
  EXPECT_THAT(
      decision.warnings,
      ElementsAre(AllOf(HasSubstr("port 80/tcp is held by nginx (pid 812, unit nginx.service, 0.0.0.0)"),
                        HasSubstr("1. stop"), HasSubstr("2. or let the service move: berth register web 80 flexible"),
                        HasSubstr("3. or"))));
}

TEST(FixedInUse, RemembersWithWhomItIsContested) {
  Scene scene{.holders = {listener("80", "nginx", 812)}};
  const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.contest, (Contest{tests::unit("nginx.service"), 812, 1812}));
}

TEST(FixedInUse, BySomebodyUnseenIsContestedToo) {
  Scene scene{.probes = {{80, {Probe::Result::in_use, ""}}}};
  const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.contest, Contest{});
  EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("something that cannot be seen")));
}

TEST(FixedInUse, ByWhatOnlyPassesIsNoContest) {
  for (const auto& holder : {connection("80"), draining("80")}) {
    Scene scene{.holders = {holder}};
    const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
    EXPECT_EQ(decision.allocation.contest, std::nullopt);
    EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("port 80/tcp is held by")));
  }
}

TEST(FixedInUse, OfARangeSaysWhichPorts) {
  Scene scene{.holders = {listener("8001"), listener("8003", "caddy", 7)}};
  const auto decision = decide_one({}, scene, request("web", "8000-8003", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8000-8003"));
  EXPECT_THAT(decision.warnings, ElementsAre(HasSubstr("8001/tcp"), HasSubstr("8003/tcp")));
  EXPECT_EQ(decision.allocation.contest->pid, 812);
}

TEST(FixedInUse, ANameInAWarningIsEscaped) {
  Scene scene{.holders = {listener("80", "\x1b[2J")}};
  const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
  EXPECT_THAT(decision.warnings, ElementsAre(testing::Not(HasSubstr("\x1b"))));
}

TEST(Strict, RefusesWhatIsInUse) {
  for (const auto& holder : {listener("80"), connection("80"), draining("80")}) {
    Scene scene{.holders = {holder}};
    const auto error = decide_one({}, scene, strict("web", "80")).error();
    EXPECT_EQ(error.code, ErrorCode::taken);
    EXPECT_THAT(error.message, HasSubstr("port 80/tcp is held by"));
    EXPECT_THAT(error.holders, ElementsAre(holder));
    EXPECT_EQ(error.hint, "berth register web 80 flexible   would give 81");
  }
}

TEST(Strict, TakesWhatIsFree) {
  Scene scene;
  EXPECT_EQ(ports_of(decide_one({}, scene, strict("web", "80"))), ports("80"));
}

TEST(Strict, IsNoReasonToRefuseAnAddressThatIsNotThereYet) {
  Scene scene{.probes = {{8080, {Probe::Result::no_address, "no such address"}}}};
  EXPECT_THAT(decide_one({}, scene, strict("web", "10.9.8.7:8080"))->warnings, ElementsAre("no such address"));
}

TEST(Strict, DoesNotTakeWhatNobodyCouldLookAt) {
  Scene scene{.probes = {{80, {Probe::Result::failed, "Too many open files"}}}};
  EXPECT_EQ(decide_one({}, scene, strict("web", "80")).error().code, ErrorCode::unseen);
}

TEST(Fixed, IsTakenWithAWarningWhereNobodyCouldLook) {
  for (const auto result : {Probe::Result::failed, Probe::Result::not_permitted, Probe::Result::no_address}) {
    Scene scene{.probes = {{80, {result, "because"}}}};
    const auto decision = decide_one({}, scene, request("web", "80", Kind::fixed)).value();
    EXPECT_THAT(decision.warnings, ElementsAre("because"));
    EXPECT_EQ(decision.allocation.contest, std::nullopt);
  }
}

TEST(Fixed, SaysOnceWhatHoldsForEveryPortOfARange) {
  Scene scene;
  for (Port port = 8000; port < 8010; ++port) scene.probes[port] = {Probe::Result::no_address, "no such address"};
  EXPECT_THAT(decide_one({}, scene, request("web", "10.9.8.7:8000-8009", Kind::fixed))->warnings, SizeIs(1));
}

TEST(Fixed, WarnsOfOddPorts) {
  Scene scene;
  EXPECT_THAT(decide_one({}, scene, request("irc", "6667", Kind::fixed))->warnings, SizeIs(1));
  EXPECT_THAT(decide_one({}, scene, request("web", "40000", Kind::fixed))->warnings, SizeIs(1));
}

}  // namespace
}  // namespace berth
