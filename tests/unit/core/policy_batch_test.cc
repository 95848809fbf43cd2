// Rule 5: several ports of one request, and several requests at once, are all or nothing.
#include <gmock/gmock.h>

#include <array>
#include <vector>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::IsEmpty;
using tests::allocation;
using tests::decide_all;
using tests::decide_one;
using tests::endpoint;
using tests::listener;
using tests::ports;
using tests::ports_of;
using tests::registry;
using tests::request;
using tests::Scene;

TEST(Range, IsContiguousWhereverItLands) {
  Scene scene{.holders = {listener("8082")}};
  const auto some = registry({allocation("app", "8085")});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080-8083"))), ports("8086-8089"));
}

TEST(Range, IsNotGivenInPart) {
  Scene scene{.holders = {listener("8082")}};
  EXPECT_EQ(decide_one({}, scene, tests::request_within("web", "8080-8083", "8080-8085")).error().code,
            ErrorCode::exhausted);
  const auto some = registry({allocation("app", "8083")});
  EXPECT_EQ(decide_one(some, scene, request("web", "8080-8083", Kind::fixed)).error().code, ErrorCode::taken);
}

TEST(Range, MayBeAllThereIs) {
  Scene scene{.kernel = {}};
  EXPECT_EQ(ports_of(decide_one({}, scene, request("web", "1-65535/udp"))), ports("1-65535"));
  EXPECT_EQ(decide_one(registry({allocation("app", "65535/udp")}), scene, request("web", "1-65535/udp")).error().code,
            ErrorCode::exhausted);
}

TEST(BothProtocols, GetOneNumber) {
  Scene scene{.holders = {listener("53/udp")}};
  const auto some = registry({allocation("app", "54")});
  EXPECT_EQ(decide_one(some, scene, request("dns", "53/tcp+udp"))->allocation.endpoint, endpoint("55/tcp+udp"));
}

TEST(Batch, ALaterRequestSeesWhatAnEarlierOneGot) {
  Scene scene;
  const std::array asked{request("a", "8080"), request("b", "8080"), request("c", "8081")};
  const auto outcome = decide_all({}, scene, asked).value();
  EXPECT_EQ(outcome.registry.find("a")->endpoint, endpoint("8080"));
  EXPECT_EQ(outcome.registry.find("b")->endpoint, endpoint("8081"));
  EXPECT_EQ(outcome.registry.find("c")->endpoint, endpoint("8082"));
}

TEST(Batch, IsNothingIfOneIsRefused) {
  Scene scene;
  const std::array asked{request("a", "8080"), request("b", "8080", Kind::fixed), request("c", "9000")};
  EXPECT_EQ(decide_all({}, scene, asked).error().code, ErrorCode::taken);
}

TEST(Batch, AnswersInTheOrderOfTheRequests) {
  Scene scene;
  const std::array asked{request("z", "8080"), request("a", "8081"), request("m", "8082")};
  const auto outcome = decide_all(registry({allocation("a", "8081")}), scene, asked).value();
  EXPECT_EQ(outcome.decisions[0].allocation.service, "z");
  EXPECT_EQ(outcome.decisions[1].choice, Choice::kept);
  EXPECT_EQ(outcome.decisions[2].allocation.service, "m");
  EXPECT_TRUE(outcome.changes());
}

TEST(Batch, OfWhatIsThereAlreadyChangesNothing) {
  Scene scene;
  const auto some = registry({allocation("a", "8080"), allocation("b", "8081", Kind::fixed)});
  const std::array asked{request("a", "8080"), request("b", "8081", Kind::fixed)};
  const auto outcome = decide_all(some, scene, asked).value();
  EXPECT_FALSE(outcome.changes());
  EXPECT_EQ(outcome.registry, some);
}

TEST(Batch, OfNothingIsNothing) {
  Scene scene;
  const auto outcome = decide_all(registry({allocation("a", "8080")}), scene, {}).value();
  EXPECT_FALSE(outcome.changes());
  EXPECT_THAT(outcome.decisions, IsEmpty());
}

TEST(Batch, TheSameServiceTwiceIsAskedOneAfterTheOther) {
  Scene scene;
  const std::array asked{request("a", "8080"), request("a", "9000")};
  const auto outcome = decide_all({}, scene, asked).value();
  EXPECT_EQ(outcome.decisions[1].before, outcome.decisions[0].allocation);
  EXPECT_EQ(outcome.registry.allocations().size(), 1U);
  EXPECT_EQ(outcome.registry.find("a")->endpoint, endpoint("9000"));
}

TEST(Choice, HasAWord) {
  EXPECT_EQ(to_string(Choice::kept), "kept");
  EXPECT_EQ(to_string(Choice::preferred), "preferred");
  EXPECT_EQ(to_string(Choice::moved), "moved");
}

}  // namespace
}  // namespace berth
