#include "app/looking_glass.h"

#include <gmock/gmock.h>

#include <array>
#include <string>

#include "unit/app/world.h"

namespace berth::app {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;
using tests::endpoint;
using tests::FakeMachine;
using tests::listener;
using tests::many_from;
using tests::request;

void fill(FakeMachine& machine) {
  for (unsigned port = 8080; port < 8100; ++port) {
    machine.scene.holders.push_back(listener(std::to_string(port), "nginx", static_cast<std::int32_t>(port)));
  }
}

TEST(LookingGlass, NamesTheFirstFewHolders) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  const auto sight = glass.sight();
  for (unsigned port = 8080; port < 8083; ++port) {
    const auto asked = endpoint(std::to_string(port));
    EXPECT_EQ(sight.holders(asked).at(0).pid, static_cast<std::int32_t>(port));
  }
  EXPECT_EQ(sight.holders(endpoint("8083")).at(0).pid, std::nullopt);
}

TEST(LookingGlass, RemembersWhomItHasSeen) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  glass.sight().holders(endpoint("8080"));
  glass.hurry();
  machine.questions.clear();
  EXPECT_EQ(glass.sight().holders(endpoint("8080")).at(0).process, "nginx");
  EXPECT_THAT(machine.questions, IsEmpty());
}

TEST(LookingGlass, NamesNobodyInAHurry) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  glass.hurry();
  EXPECT_THAT(glass.sight().holders(endpoint("8080")), SizeIs(1));
  EXPECT_FALSE(machine.was_asked_for_owners());
}

TEST(LookingGlass, ListsTheListenersOnceForALongWalk) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  glass.hurry();
  const auto sight = glass.sight();
  for (unsigned port = 8080; port < 8100; ++port) EXPECT_THAT(sight.holders(endpoint(std::to_string(port))), SizeIs(1));
  // One for the listeners, one for what has ports without a socket.
  EXPECT_THAT(machine.questions, SizeIs(2));
}

TEST(LookingGlass, LooksCloserWhereNobodyListens) {
  FakeMachine machine;
  machine.scene.holders = {tests::draining("8080")};
  LookingGlass glass(machine);
  glass.hurry();
  EXPECT_THAT(glass.sight().holders(endpoint("8080")), ElementsAre(tests::draining("8080")));
}

TEST(LookingGlass, AsksForTheKernelsRangesOnce) {
  FakeMachine machine;
  LookingGlass glass(machine);
  for (int count = 0; count < 3; ++count) EXPECT_EQ(glass.sight().kernel().unprivileged_start, 1024U);
  EXPECT_EQ(machine.asked_for_ranges, 1);
}

TEST(LookingAhead, NamesWhoHoldsThePreferredPorts) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  const std::array asked{request("a", "8080"), request("b", "9000"), request("c", "8081-8082")};
  glass.look_ahead(asked);
  glass.hurry();
  for (const auto* spec : {"8080", "8081", "8082"})
    EXPECT_NE(glass.sight().holders(endpoint(spec)).at(0).pid, std::nullopt);
}

TEST(LookingAhead, TakesNoTimeWhereNothingIsInUse) {
  FakeMachine machine;
  LookingGlass glass(machine);
  const std::array asked{request("a", "8080-8090")};
  glass.look_ahead(asked);
  EXPECT_THAT(machine.questions, ElementsAre(Field(&inspect::Question::sources, inspect::Sources::hidden)));
}

TEST(LookingAhead, SeesWhatHasPortsWithoutASocketOnceForAll) {
  FakeMachine machine;
  machine.scene.holders = {tests::published("8080", "web"), tests::nat("8081", "10.0.0.9:80")};
  LookingGlass glass(machine);
  const std::array asked{request("a", "8080")};
  glass.look_ahead(asked);
  glass.hurry();
  machine.questions.clear();
  const auto sight = glass.sight();
  EXPECT_THAT(sight.hidden(endpoint("8080")), ElementsAre(Field(&Holder::source, Source::container)));
  EXPECT_THAT(sight.hidden(endpoint("8081")), SizeIs(1));
  EXPECT_THAT(sight.hidden(endpoint("8082")), IsEmpty());
  EXPECT_THAT(machine.questions, IsEmpty());
}

TEST(LookingAhead, TellsWhatCouldNotBeSeen) {
  FakeMachine machine;
  machine.blind_spots = {{"nat", "only root may read the rules"}};
  LookingGlass glass(machine);
  EXPECT_THAT(glass.blind_spots(), IsEmpty());
  const std::array asked{request("a", "8080")};
  glass.look_ahead(asked);
  EXPECT_THAT(glass.blind_spots(), SizeIs(1));
}

TEST(LookingAhead, NamesEverybodyAtOnceWhereAPreferredPortIsInUse) {
  FakeMachine machine;
  for (unsigned port = 8080; port < 8090; ++port)
    machine.scene.holders.push_back(tests::listener(std::to_string(port)));
  LookingGlass glass(machine);
  const std::array asked{request("a", "8080"), request("b", "8085")};
  glass.look_ahead(asked);
  glass.hurry();
  for (unsigned port = 8080; port < 8086; ++port) {
    EXPECT_EQ(glass.sight().holders(endpoint(std::to_string(port))).at(0).process, "nginx");
  }
}

TEST(LookingAhead, OfManyNamesThoseWhoListen) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  auto asked = many_from("9000");
  asked.push_back(request("web", "8085"));
  glass.look_ahead(asked);
  glass.hurry();
  EXPECT_EQ(glass.sight().holders(endpoint("8085")).at(0).process, "nginx");
  EXPECT_THAT(machine.scene.probed, IsEmpty());
}

TEST(LookingAhead, OfManyWhoDoesNotListenIsSeenWithoutAName) {
  FakeMachine machine;
  machine.scene.holders = {tests::draining("8080")};
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.look_ahead(asked);
  glass.hurry();
  EXPECT_FALSE(machine.was_asked_for_owners());
  EXPECT_THAT(glass.sight().holders(endpoint("8080")), SizeIs(1));
}

TEST(Survey, SparesTheProbeOfAPortWithoutSockets) {
  FakeMachine machine;
  fill(machine);
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  EXPECT_EQ(glass.sight().probe(endpoint("9000")).result, Probe::Result::bindable);
  EXPECT_THAT(machine.scene.probed, IsEmpty());
  EXPECT_EQ(glass.sight().probe(endpoint("8080")).result, Probe::Result::in_use);
  EXPECT_THAT(machine.scene.probed, SizeIs(1));
}

// A server may have thousands of sockets on other ports.
TEST(Survey, IsAboutThePortsThatMayBeGivenOut) {
  FakeMachine machine;
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  ASSERT_THAT(machine.questions, SizeIs(1));
  EXPECT_TRUE(machine.questions[0].about->ports.contains(tests::ports("8080-9000")));
  EXPECT_LT(machine.questions[0].about->ports.last, 10000);
}

TEST(Survey, FollowsAWalkThatGoesOnAndOn) {
  FakeMachine machine;
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  const auto sight = glass.sight();
  for (unsigned port = 61000; port < 61100; ++port) sight.probe(endpoint(std::to_string(port)));
  EXPECT_THAT(machine.questions, SizeIs(2));
  EXPECT_LT(machine.scene.probed.size(), 10U);
  EXPECT_EQ(sight.probe(endpoint("8080")).result, Probe::Result::bindable);
}

TEST(Survey, EndsWithTheLastPort) {
  FakeMachine machine;
  LookingGlass glass(machine);
  glass.survey(endpoint("65000"), 65535);
  EXPECT_EQ(machine.questions.at(0).about->ports, tests::ports("65000-65535"));
}

TEST(Survey, SaysNothingOfWhatItDidNotCover) {
  FakeMachine machine;
  machine.scene.holders = {listener("7000"), listener("9000/udp")};
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  EXPECT_EQ(glass.sight().probe(endpoint("7000")).result, Probe::Result::in_use);
  EXPECT_EQ(glass.sight().probe(endpoint("9000/udp")).result, Probe::Result::in_use);
  EXPECT_EQ(glass.sight().probe(endpoint("9000/tcp+udp")).result, Probe::Result::in_use);
}

TEST(Survey, IsNotTrustedWithABlindSpot) {
  FakeMachine machine;
  machine.blind_spots = {{"socket", "why"}};
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  glass.sight().probe(endpoint("8080"));
  EXPECT_THAT(machine.scene.probed, SizeIs(1));
}

TEST(Survey, IsTrustedWhereOnlyNamesAreMissing) {
  FakeMachine machine;
  machine.blind_spots = {{"socket", "owners need root", false}};
  LookingGlass glass(machine);
  const auto asked = many_from("8080");
  glass.survey(asked);
  glass.sight().probe(endpoint("8080"));
  EXPECT_THAT(machine.scene.probed, IsEmpty());
}

TEST(Survey, IsNotWorthItForAFew) {
  FakeMachine machine;
  LookingGlass glass(machine);
  const std::array asked{request("a", "8080"), request("b", "9000")};
  glass.survey(asked);
  EXPECT_THAT(machine.questions, IsEmpty());
  glass.sight().probe(endpoint("9000"));
  EXPECT_THAT(machine.scene.probed, SizeIs(1));
}

}  // namespace
}  // namespace berth::app
