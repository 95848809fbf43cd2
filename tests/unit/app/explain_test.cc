#include "app/explain.h"

#include <gmock/gmock.h>

#include <array>
#include <string_view>

#include "app/register.h"
#include "app/release.h"
#include "unit/app/world.h"

namespace berth::app {
namespace {

using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::moved;
using tests::registry;
using tests::request;
using tests::World;

void ask(World& world, std::string_view service, std::string_view spec, std::optional<Kind> kind = {}) {
  const auto asked = request(service, spec, kind);
  register_services(world.context(), {&asked, 1}).value();
}

Explanation explain(World& world, std::string_view service) {
  return explain_service(world.context(), service).value();
}

TEST(Explain, FindsTheCommitThatGaveThePort) {
  World world(registry({allocation("app", "8080")}));
  ask(world, "web", "8080");
  ask(world, "db", "5432");
  const auto explanation = explain(world, "web");
  EXPECT_EQ(explanation.allocation.endpoint, endpoint("8081"));
  EXPECT_EQ(explanation.origin->revision, 2U);
  EXPECT_EQ(explanation.record->service(), "web");
  EXPECT_EQ(explanation.record->skipped.size(), 1U);
}

TEST(Explain, FindsTheLastCommitThatMovedIt) {
  World world;
  ask(world, "web", "8080");
  ask(world, "web", "9000");
  EXPECT_EQ(explain(world, "web").origin->revision, 2U);
}

TEST(Explain, PassesOverCommitsThatLeftItWhereItIs) {
  World world;
  ask(world, "web", "8080");
  ask(world, "web", "8080", Kind::fixed);
  ask(world, "web", "8080", Kind::flexible);
  const auto explanation = explain(world, "web");
  EXPECT_EQ(explanation.origin->revision, 1U);
  EXPECT_EQ(explanation.allocation.since, tests::now);
  ASSERT_EQ(explanation.later.size(), 2U);
  EXPECT_EQ(explanation.later.front().revision, 2U);
  EXPECT_EQ(explanation.later.back().revision, 3U);
}

TEST(Explain, APortThatWasGivenBackAndGivenAgainIsExplainedByTheLast) {
  World world;
  ask(world, "web", "8080");
  release_all(world.context()).value();
  ask(world, "web", "8080");
  EXPECT_EQ(explain(world, "web").origin->revision, 3U);
}

TEST(Explain, AServiceThatCameBackToAPortIsExplainedByItsReturn) {
  World world;
  ask(world, "web", "8080");
  ask(world, "web", "9000");
  ask(world, "web", "8080");
  EXPECT_EQ(explain(world, "web").origin->revision, 3U);
}

TEST(Explain, DoesNotKnowWhatIsOlderThanTheHistory) {
  World world(registry({allocation("web", "8080")}));
  EXPECT_EQ(explain(world, "web").origin, std::nullopt);
  EXPECT_EQ(explain(world, "web").record, std::nullopt);
}

TEST(Explain, DoesNotBelieveAHistoryThatTheFileContradicts) {
  World world;
  ask(world, "web", "8080");
  auto edited = *world.registry().find("web");
  edited.endpoint = endpoint("7000");
  world.store
      .update({},
              [&](Registry latest) {
                latest.put(edited);
                return store::Change{latest, {}};
              })
      .value();
  EXPECT_EQ(explain(world, "web").origin, std::nullopt);
}

TEST(Explain, LooksAtThePortAndAtThePreferredOne) {
  World world(registry({moved("web", "8081", 8080)}));
  world.machine.scene.holders = {listener("8080", "caddy"), listener("8081", "web")};
  const auto explanation = explain(world, "web");
  EXPECT_EQ(explanation.state, State::listening);
  EXPECT_EQ(explanation.own.verdict, Verdict::held);
  EXPECT_EQ(explanation.own.endpoint, endpoint("8081"));
  ASSERT_TRUE(explanation.preferred.has_value());
  EXPECT_EQ(explanation.preferred->endpoint, endpoint("8080"));
  EXPECT_EQ(explanation.preferred->holders.at(0).process, "caddy");
}

TEST(Explain, HasNothingToSayAboutThePreferredPortIfThatIsTheOne) {
  World world(registry({allocation("web", "8080"), tests::taken_over("old", "9000")}));
  EXPECT_FALSE(explain(world, "web").preferred.has_value());
  EXPECT_FALSE(explain(world, "old").preferred.has_value());
}

// Somebody may write anything into the file.
TEST(Explain, APreferredRangeEndsWithTheLastPort) {
  World world(registry({moved("rtp", "10000-10100/udp", 65500)}));
  EXPECT_EQ(explain(world, "rtp").preferred->endpoint, endpoint("65500-65535/udp"));
}

TEST(Explain, OfNobodyIsTheAnswerNo) {
  World world;
  EXPECT_EQ(explain_service(world.context(), "web").error().code, ErrorCode::negative);
}

TEST(Explain, WritesNothing) {
  World world(registry({allocation("web", "8080")}));
  explain(world, "web");
  EXPECT_EQ(world.store.updates, 0);
}

}  // namespace
}  // namespace berth::app
