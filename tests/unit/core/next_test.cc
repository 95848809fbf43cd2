// The next ports that nobody is registered for.
#include <gmock/gmock.h>

#include <vector>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::registry;
using tests::Scene;

std::expected<std::vector<Decision>, Error> next(std::string_view spec, unsigned count, Scene& scene,
                                                 const Registry& registry = {}, std::optional<PortRange> within = {}) {
  return choose_next(registry, endpoint(spec), within, count, scene.sight());
}

std::vector<std::string> ports(const std::expected<std::vector<Decision>, Error>& decisions) {
  std::vector<std::string> texts;
  for (const auto& decision : decisions.value()) texts.push_back(to_string(decision.allocation.endpoint.ports));
  return texts;
}

TEST(NextPort, IsThePreferredOneIfNothingHasIt) {
  Scene scene;
  const auto decisions = next("127.0.0.1:8080/udp", 1, scene).value();
  ASSERT_THAT(decisions, SizeIs(1));
  EXPECT_EQ(decisions[0].choice, Choice::preferred);
  EXPECT_EQ(decisions[0].allocation.endpoint, endpoint("127.0.0.1:8080/udp"));
  EXPECT_EQ(decisions[0].allocation.preferred, Port{8080});
  EXPECT_EQ(decisions[0].allocation.service, "");
}

TEST(NextPort, IsNoneThatAnybodyHas) {
  Scene scene{.holders = {listener("8080"), listener("8083")}};
  const auto taken = registry({allocation("web", "8081"), allocation("", "8084")});
  EXPECT_THAT(ports(next("8080", 3, scene, taken)), ElementsAre("8082", "8085", "8086"));
}

TEST(NextPort, EachSaysWhatWasSkippedForIt) {
  Scene scene{.holders = {listener("8081")}};
  const auto decisions = next("8080", 2, scene).value();
  EXPECT_THAT(decisions[0].skipped, SizeIs(0));
  EXPECT_EQ(decisions[1].choice, Choice::moved);
  EXPECT_THAT(decisions[1].skipped, SizeIs(1));
}

TEST(NextPort, OfARangeDoesNotOverlapTheOneBefore) {
  Scene scene;
  EXPECT_THAT(ports(next("8080-8082", 3, scene)), ElementsAre("8080-8082", "8083-8085", "8086-8088"));
}

TEST(NextPort, SkipsWhatAWalkSkips) {
  Scene scene;
  EXPECT_THAT(ports(next("6664", 2, scene)), ElementsAre("6664", "6670"));
  EXPECT_THAT(ports(next("32767", 2, scene)), ElementsAre("32767", "61000"));
}

TEST(NextPort, StaysWithin) {
  Scene scene;
  EXPECT_THAT(ports(next("8080", 2, scene, {}, tests::ports("8080-8081"))), ElementsAre("8080", "8081"));
  EXPECT_EQ(next("8080", 3, scene, {}, tests::ports("8080-8081")).error().code, ErrorCode::exhausted);
  EXPECT_EQ(next("8080", 1, scene, {}, tests::ports("9000-9001")).error().code, ErrorCode::usage);
}

TEST(NextPort, EndsWithTheLast) {
  Scene scene;
  EXPECT_THAT(ports(next("65534", 2, scene)), ElementsAre("65534", "65535"));
  const auto error = next("65534", 3, scene).error();
  EXPECT_EQ(error.code, ErrorCode::exhausted);
  EXPECT_THAT(error.message, HasSubstr("2 of 3"));
}

TEST(NextPort, WarnsOfAnOddOne) {
  Scene scene;
  EXPECT_THAT(next("6667", 1, scene)->front().warnings, ElementsAre(HasSubstr("browsers")));
}

TEST(NextPort, IsUnknownWhereNobodyCouldLook) {
  Scene scene{.probes = {{8081, {Probe::Result::failed, "why"}}}};
  EXPECT_EQ(next("8080", 2, scene).error().code, ErrorCode::unseen);
}

}  // namespace
}  // namespace berth
