// Rule 3: asking again is idempotent, and a service's own listener never moves it.
#include <gmock/gmock.h>

#include "core/ownership.h"
#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::allocation;
using tests::decide_one;
using tests::listener;
using tests::moved;
using tests::nameless;
using tests::owned;
using tests::ports;
using tests::ports_of;
using tests::registry;
using tests::request;
using tests::Scene;
using tests::taken_over;
using tests::unit;

void expect_kept(const Registry& registry, Scene scene, const Request& request) {
  const auto decision = decide_one(registry, scene, request);
  ASSERT_TRUE(decision.has_value()) << decision.error().message;
  EXPECT_EQ(decision->choice, Choice::kept);
  EXPECT_FALSE(decision->changes());
  EXPECT_EQ(decision->allocation, *registry.find(request.service));
}

TEST(AskingAgain, GivesTheSamePort) {
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    for (const auto* spec : {"8080", "127.0.0.1:53/tcp+udp", "10000-10100/udp"}) {
      expect_kept(registry({allocation("web", spec, kind)}), {}, request("web", spec, kind));
    }
  }
}

TEST(AskingAgain, WithoutAKindMeansTheOneItHas) {
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    expect_kept(registry({allocation("web", "8080", kind)}), {}, request("web", "8080"));
  }
}

TEST(AskingAgain, GivesThePortThatItWasMovedTo) {
  const auto some = registry({moved("web", "8081", 8080)});
  expect_kept(some, {}, request("web", "8080"));
  expect_kept(some, {.holders = {listener("8080")}}, request("web", "8080", Kind::flexible));
}

TEST(AskingAgain, ChangesNothingThatIsOnlyRecorded) {
  auto web = owned(allocation("web", "8080"), unit("web.service"));
  web.unknown = {{"note", "\"mine\""}};
  expect_kept(registry({web}), {}, request("web", "8080"));
}

TEST(AskingAgain, NeedsNoKernelRangesAndNoNames) {
  Scene scene;
  auto sight = scene.sight();
  sight.kernel = [&]() -> const KernelRanges& {
    ADD_FAILURE() << "asked for the kernel's ranges";
    return scene.kernel;
  };
  const auto asked = request("web", "8080");
  EXPECT_TRUE(decide(registry({allocation("web", "8080")}), {&asked, 1}, sight, tests::now).has_value());
  EXPECT_THAT(scene.named, IsEmpty());
}

TEST(AskingAgain, AnOddNameOfAnExistingFileIsAName) {
  expect_kept(registry({allocation("x\"y z", "8080")}), {}, request("x\"y z", "8080"));
}

TEST(RunningService, StaysWhereItListens) {
  const auto web = registry({owned(allocation("web", "8080"), unit("nginx.service"))});
  expect_kept(web, {.holders = {listener("8080", "nginx")}}, request("web", "8080"));
  Scene scene{.holders = {listener("8080", "nginx")}};
  EXPECT_THAT(decide_one(web, scene, request("web", "8080"))->notes, IsEmpty());
}

TEST(RunningService, StaysIfItCannotBeToldApartAndSaysSo) {
  const auto web = registry({allocation("web", "8080")});
  Scene scene{.holders = {nameless("8080")}};
  expect_kept(web, scene, request("web", "8080"));
  const auto decision = decide_one(web, scene, request("web", "8080")).value();
  EXPECT_THAT(decision.notes, ElementsAre("port 8080/tcp is in use; taken to be web itself"));
  EXPECT_THAT(decision.warnings, IsEmpty());
}

TEST(RunningService, StaysIfOnlyConnectionsAreThere) {
  const auto web = registry({owned(allocation("web", "8080"), unit("nginx.service"))});
  expect_kept(web, {.holders = {tests::connection("8080", "curl"), tests::draining("8080")}}, request("web", "8080"));
}

TEST(RunningService, StaysOnASecondPortThatItsFirstPortsOwnerHas) {
  const auto some =
      registry({owned(allocation("keycloak", "8080"), unit("keycloak.service")), allocation("keycloak/admin", "9000")});
  expect_kept(some, {.holders = {listener("9000", "keycloak")}}, request("keycloak/admin", "9000"));
}

TEST(RunningService, OfARangeStays) {
  expect_kept(registry({allocation("rtp", "10000-10010/udp")}), {.holders = {listener("10005/udp")}},
              request("rtp", "10000-10010/udp"));
}

TEST(ForeignHolder, MovesAFlexibleService) {
  Scene scene{.holders = {listener("8080", "caddy")}};
  const auto some = registry({owned(allocation("web", "8080"), unit("nginx.service"))});
  const auto decision = decide_one(some, scene, request("web", "8080")).value();
  EXPECT_EQ(decision.choice, Choice::moved);
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8081"));
  EXPECT_EQ(decision.allocation.owner, unit("nginx.service"));
  EXPECT_EQ(decision.before, *some.find("web"));
  ASSERT_THAT(decision.skipped, testing::SizeIs(1));
  EXPECT_THAT(decision.skipped[0].evidence[0].what, HasSubstr("caddy"));
}

TEST(ForeignHolder, ThatIsAnotherAllocationsOwnerMovesAFlexibleService) {
  Scene scene{.holders = {listener("8080", "caddy")}};
  const auto some = registry({allocation("web", "8080"), owned(allocation("proxy", "443"), unit("caddy.service"))});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080"))), ports("8081"));
}

TEST(ForeignHolder, MovesAMovedServiceBackIfItCan) {
  Scene scene{.holders = {listener("8081", "caddy")}};
  const auto some = registry({owned(moved("web", "8081", 8080), unit("nginx.service"))});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080"))), ports("8080"));
}

TEST(ForeignHolder, DoesNotMoveAFixedService) {
  const auto some = registry({owned(allocation("web", "8080", Kind::fixed), unit("nginx.service"))});
  Scene scene{.holders = {listener("8080", "caddy")}};
  expect_kept(some, scene, request("web", "8080"));
  EXPECT_THAT(decide_one(some, scene, request("web", "8080"))->warnings,
              ElementsAre("port 8080/tcp is held by caddy (pid 812, unit caddy.service, *), not by web"));
}

TEST(ForeignHolder, LeavesAServiceWhereThereIsNowhereToGo) {
  Scene scene{.holders = {listener("65535", "caddy")}};
  const auto some = registry({owned(allocation("web", "65535"), unit("nginx.service"))});
  EXPECT_EQ(decide_one(some, scene, request("web", "65535")).error().code, ErrorCode::exhausted);
}

Registry contested() {
  auto web = allocation("web", "8080", Kind::fixed);
  web.contest = contest_with({listener("8080", "nginx", 812)});
  return registry({web});
}

TEST(ContestedPort, IsKeptWithTheSameWarningAsLongAsTheContestLasts) {
  Scene scene{.holders = {listener("8080", "nginx", 812)}};
  expect_kept(contested(), scene, request("web", "8080", Kind::fixed));
  EXPECT_THAT(decide_one(contested(), scene, request("web", "8080"))->warnings,
              ElementsAre("port 8080/tcp is held by nginx (pid 812, unit nginx.service, *), not by web"));
}

TEST(ContestedPort, IsTakenToBeTheServicesOwnWhenTheContestIsOver) {
  Scene scene{.holders = {listener("8080", "web", 900)}};
  expect_kept(contested(), scene, request("web", "8080"));
  EXPECT_THAT(decide_one(contested(), scene, request("web", "8080"))->warnings, IsEmpty());
}

// The second of the three ways out that the warning names.
TEST(ContestedPort, LetsTheServiceMoveWhenItBecomesFlexible) {
  Scene scene{.holders = {listener("8080", "nginx", 812)}};
  const auto decision = decide_one(contested(), scene, request("web", "8080", Kind::flexible)).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8081"));
  EXPECT_EQ(decision.allocation.contest, std::nullopt);
}

TEST(ContestedPort, LetsTheServiceMoveAwayFromSomebodyUnseen) {
  auto web = allocation("web", "8080", Kind::fixed);
  web.contest = Contest{};
  for (const auto& holders : {std::vector<Holder>{}, std::vector{nameless("8080")}}) {
    Scene scene{.holders = holders};
    if (holders.empty()) scene.probes[8080] = {Probe::Result::in_use, ""};
    EXPECT_EQ(ports_of(decide_one(registry({web}), scene, request("web", "8080", Kind::flexible))), ports("8081"));
  }
}

TEST(ContestedPort, IsNoContestAnyMoreWhenAskedForAnew) {
  Scene scene;
  const auto decision = decide_one(contested(), scene, request("web", "8080", Kind::flexible)).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8080"));
  EXPECT_EQ(decision.allocation.contest, std::nullopt);
}

TEST(TakenOver, AndRunningStaysWhateverPortIsPreferred) {
  Scene scene{.holders = {nameless("8081")}};
  const auto some = registry({taken_over("keycloak", "8081")});
  const auto decision = decide_one(some, scene, request("keycloak", "8080", Kind::flexible)).value();
  EXPECT_EQ(decision.choice, Choice::kept);
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8081"));
  EXPECT_EQ(decision.allocation.preferred, Port{8080});
  EXPECT_THAT(decision.notes, testing::Contains(HasSubstr("berth register keycloak 8080 fixed")));
}

TEST(TakenOver, IsThenLikeEveryOther) {
  Scene scene{.holders = {nameless("8081")}};
  const auto asked = request("keycloak", "8080", Kind::flexible);
  const auto after = tests::decide_all(registry({taken_over("keycloak", "8081", Kind::fixed)}), scene, {&asked, 1});
  expect_kept(after->registry, scene, asked);
}

TEST(TakenOver, OnThePortThatIsAskedForNeedsNoAdvice) {
  Scene scene{.holders = {nameless("8080")}};
  const auto decision =
      decide_one(registry({taken_over("web", "8080")}), scene, request("web", "8080", Kind::flexible)).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8080"));
  EXPECT_EQ(decision.allocation.preferred, Port{8080});
  EXPECT_THAT(decision.notes, ElementsAre("port 8080/tcp is in use; taken to be web itself"));
}

TEST(TakenOver, AndIdleGetsThePreferredPort) {
  Scene scene;
  const auto decision =
      decide_one(registry({taken_over("web", "8081")}), scene, request("web", "8080", Kind::flexible));
  EXPECT_EQ(ports_of(decision), ports("8080"));
}

TEST(TakenOver, ThatIsAskedForAsFixedIsMoved) {
  Scene scene{.holders = {nameless("8081")}};
  const auto decision =
      decide_one(registry({taken_over("web", "8081")}), scene, request("web", "8080", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.endpoint.ports, ports("8080"));
  EXPECT_EQ(decision.allocation.kind, Kind::fixed);
}

TEST(TakenOver, FixedOnThePortThatIsAskedForIsNoContestWithItself) {
  Scene scene{.holders = {nameless("8080")}};
  const auto decision =
      decide_one(registry({taken_over("web", "8080")}), scene, request("web", "8080", Kind::fixed)).value();
  EXPECT_EQ(decision.allocation.contest, std::nullopt);
  EXPECT_THAT(decision.warnings, IsEmpty());
}

TEST(TakenOver, MovesFromAKnownForeignHolder) {
  Scene scene{.holders = {listener("8080", "caddy")}};
  const auto some = registry({owned(taken_over("web", "8080"), unit("nginx.service"))});
  EXPECT_EQ(ports_of(decide_one(some, scene, request("web", "8080", Kind::flexible))), ports("8081"));
}

TEST(KeepAtOnce, AnswersAsDecideWouldWhereItAnswers) {
  const auto web = allocation("web", "8080");
  for (const auto& holders : {std::vector<Holder>{}, std::vector{listener("8080")}}) {
    Scene scene{.holders = holders};
    const auto at_once = keep_at_once(request("web", "8080"), web, false, scene.sight());
    const auto decided = decide_one(registry({web}), scene, request("web", "8080"));
    ASSERT_TRUE(at_once.has_value());
    EXPECT_EQ(at_once->allocation, decided->allocation);
    EXPECT_EQ(at_once->before, decided->before);
    EXPECT_EQ(at_once->notes, decided->notes);
    EXPECT_FALSE(at_once->changes());
  }
}

TEST(KeepAtOnce, DoesNotAnswerWhereOwnersMayDiffer) {
  Scene scene{.holders = {listener("8080")}};
  EXPECT_FALSE(keep_at_once(request("web", "8080"), allocation("web", "8080"), true, scene.sight()).has_value());
  EXPECT_FALSE(keep_at_once(request("web", "8080"), *contested().find("web"), false, scene.sight()).has_value());
}

TEST(KeepAtOnce, DoesNotAnswerAnotherRequest) {
  Scene scene;
  const auto web = allocation("web", "8080");
  for (const auto& asked : {request("web", "8081"), request("web", "8080", Kind::fixed), request("web", "8080/udp"),
                            request("web", "127.0.0.1:8080"), request("web", "8080-8081"),
                            tests::request_within("web", "8080", "9000-9999")}) {
    EXPECT_FALSE(keep_at_once(asked, web, false, scene.sight()).has_value());
  }
  EXPECT_FALSE(keep_at_once(request("web", "8080"), taken_over("web", "8080"), false, scene.sight()).has_value());
}

}  // namespace
}  // namespace berth
