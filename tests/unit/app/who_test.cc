#include "app/who.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/app/world.h"

namespace berth::app {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::nameless;
using tests::registry;
using tests::World;

PortReport look(World& world, std::string_view spec, Closeness closeness = Closeness::owners) {
  return look_at(world.context(), endpoint(spec), closeness).value();
}

std::vector<std::string> evidence_of(const PortReport& report) {
  std::vector<std::string> texts;
  for (const auto& evidence : report.evidence) texts.push_back(evidence.what);
  return texts;
}

TEST(Who, KnowsAFreePort) {
  World world;
  const auto report = look(world, "8080");
  EXPECT_EQ(report.verdict, Verdict::free);
  EXPECT_EQ(report.endpoint, endpoint("8080"));
  EXPECT_THAT(report.evidence, IsEmpty());
  EXPECT_THAT(report.holders, IsEmpty());
  EXPECT_THAT(report.advice, ElementsAre("take it: berth register NAME 8080"));
}

TEST(Who, KnowsWhoHoldsAPort) {
  World world;
  world.machine.scene.holders = {listener("127.0.0.1:8080"), listener("8081")};
  const auto report = look(world, "8080");
  EXPECT_EQ(report.verdict, Verdict::held);
  EXPECT_THAT(report.holders, ElementsAre(listener("127.0.0.1:8080")));
  EXPECT_THAT(evidence_of(report), ElementsAre("held by nginx (pid 812, unit nginx.service, 127.0.0.1)"));
}

TEST(Who, KnowsWhoseAPortIs) {
  World world(registry({allocation("web", "8080")}));
  const auto report = look(world, "8080");
  EXPECT_EQ(report.verdict, Verdict::allocated);
  EXPECT_THAT(report.allocations, ElementsAre(allocation("web", "8080")));
  EXPECT_THAT(evidence_of(report), ElementsAre("allocated to web (flexible)"));
}

TEST(Who, KnowsAServiceWithoutAName) {
  World world(registry({allocation("", "8080")}));
  EXPECT_EQ(look(world, "8080").verdict, Verdict::allocated);
}

TEST(Who, ARunningServicesPortIsHeld) {
  World world(registry({allocation("web", "8080")}));
  world.machine.scene.holders = {listener("8080")};
  const auto report = look(world, "8080");
  EXPECT_EQ(report.verdict, Verdict::held);
  EXPECT_THAT(report.evidence, SizeIs(2));
}

TEST(Who, KnowsAPortThatDrains) {
  World world;
  world.machine.scene.holders = {tests::draining("8080")};
  EXPECT_EQ(look(world, "8080").verdict, Verdict::draining);
}

TEST(Who, IsNotMisledByWhatDoesNotStopAServer) {
  World world;
  world.machine.scene.holders = {tests::draining("8080"), nameless("8080", HolderState::bound)};
  world.machine.scene.probes[8080] = {};
  EXPECT_EQ(look(world, "8080").verdict, Verdict::free);
}

TEST(Who, SaysThatItDoesNotKnow) {
  for (const auto result : {Probe::Result::no_address, Probe::Result::not_permitted, Probe::Result::failed}) {
    World world;
    world.machine.scene.probes[80] = {result, "because"};
    const auto report = look(world, "80");
    EXPECT_EQ(report.verdict, Verdict::unknown);
    EXPECT_THAT(evidence_of(report), Contains("because"));
  }
}

TEST(Who, APortInUseByNobodyThatCanBeSeenIsHeld) {
  World world;
  world.machine.scene.probes[8080] = {Probe::Result::in_use, ""};
  EXPECT_EQ(look(world, "8080").verdict, Verdict::held);
}

TEST(Who, OfARangeIsTheHeaviestVerdict) {
  World world(registry({allocation("web", "8082")}));
  world.machine.scene.holders = {tests::draining("8081")};
  EXPECT_EQ(look(world, "8080-8081").verdict, Verdict::draining);
  EXPECT_EQ(look(world, "8080-8082").verdict, Verdict::allocated);
  world.machine.scene.holders.push_back(listener("8083"));
  EXPECT_EQ(look(world, "8080-8083").verdict, Verdict::held);
}

TEST(Who, OfBothProtocolsIsTheHeavierVerdict) {
  World world;
  world.machine.scene.holders = {listener("53/udp")};
  EXPECT_EQ(look(world, "53/tcp+udp").verdict, Verdict::held);
  EXPECT_EQ(look(world, "53").verdict, Verdict::free);
}

TEST(Who, AsksForNamesOnlyWhereTheyAreWanted) {
  World world;
  world.machine.scene.holders = {listener("8080")};
  const auto report = look(world, "8080", Closeness::verdict);
  EXPECT_EQ(report.verdict, Verdict::held);
  EXPECT_FALSE(world.machine.was_asked_for_owners());
  EXPECT_THAT(report.advice, IsEmpty());
}

TEST(Who, SaysWhichPortIsAvailable) {
  World world(registry({allocation("web", "8080"), allocation("app", "8081")}));
  EXPECT_THAT(look(world, "8080").advice, Contains("use another port: 8082 is available"));
}

TEST(Who, SaysNothingIsAvailableWhereNothingIs) {
  World world(registry({allocation("web", "65535")}));
  EXPECT_THAT(look(world, "65535").advice, testing::Not(Contains(HasSubstr("available"))));
}

TEST(Who, SaysWhatIsOddAboutAPort) {
  World world;
  world.machine.scene.kernel.reserved = {tests::ports("40000")};
  EXPECT_THAT(evidence_of(look(world, "6667")), ElementsAre(HasSubstr("browsers")));
  EXPECT_THAT(evidence_of(look(world, "40000")), ElementsAre(HasSubstr("ephemeral"), HasSubstr("kernel-reserved")));
  EXPECT_EQ(look(world, "6667").verdict, Verdict::free);
}

TEST(Who, HandsOnWhatCouldNotBeSeen) {
  World world;
  world.machine.blind_spots = {{"socket", "owners need root", false}};
  EXPECT_THAT(look(world, "8080").blind_spots, ElementsAre(BlindSpot{"socket", "owners need root", false}));
}

TEST(Who, ProbesOfALongRangeOnlyWhatWasSeen) {
  World world;
  world.machine.scene.holders = {listener("9000")};
  EXPECT_EQ(look(world, "8000-9999", Closeness::verdict).verdict, Verdict::held);
  EXPECT_LT(world.machine.scene.probed.size(), 20U);
}

TEST(Who, ProbesAllOfALongRangeWhereSomethingMayBeHidden) {
  World world;
  world.machine.blind_spots = {{"socket", "bound sockets cannot be listed"}};
  world.machine.scene.probes[8055] = {Probe::Result::in_use, ""};
  EXPECT_EQ(look(world, "8000-8099").verdict, Verdict::held);
}

TEST(Who, SaysNothingTwice) {
  World world;
  for (unsigned port = 8000; port < 8005; ++port) {
    world.machine.scene.probes[static_cast<Port>(port)] = {Probe::Result::no_address, "no such address"};
  }
  EXPECT_THAT(evidence_of(look(world, "10.9.8.7:8000-8004", Closeness::verdict)), ElementsAre("no such address"));
}

TEST(Who, RecordsNothing) {
  World world;
  look(world, "8080");
  EXPECT_EQ(world.store.updates, 0);
}

}  // namespace
}  // namespace berth::app
