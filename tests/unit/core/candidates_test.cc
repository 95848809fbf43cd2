#include "core/candidates.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::ports;
using tests::registry;
using tests::Scene;

std::expected<Landing, Error> walk_from(std::string_view spec, Scene& scene, const Registry& registry = {},
                                        Port limit = 65535) {
  const auto preferred = endpoint(spec);
  const Occupied occupied(registry);
  const auto sight = scene.sight();
  return walk({.preferred = preferred, .limit = limit, .service = "web"}, occupied, sight);
}

std::string landing(std::string_view spec, Scene scene, const Registry& registry = {}, Port limit = 65535) {
  const auto landing = walk_from(spec, scene, registry, limit);
  return landing ? to_string(landing->ports) : std::string(to_string(landing.error().code));
}

std::vector<std::string> skips(std::string_view spec, Scene scene, const Registry& registry = {}) {
  const auto landing = walk_from(spec, scene, registry).value();
  std::vector<std::string> lines;
  for (const auto& skip : landing.skipped) lines.push_back(describe(skip));
  return lines;
}

Registry many(unsigned first, unsigned last) {
  Registry registry;
  for (unsigned port = first; port <= last; ++port) {
    registry.put(allocation("s" + std::to_string(port), std::to_string(port)));
  }
  return registry;
}

TEST(Walk, EndsAtOnceOnAFreePort) {
  EXPECT_EQ(landing("8080", {}), "8080");
  EXPECT_THAT(skips("8080", {}), IsEmpty());
}

TEST(Walk, GoesUpwardPastEverythingThatIsTaken) {
  const Scene scene{.holders = {listener("8080"), tests::draining("8082")}};
  const auto taken = registry({allocation("app", "8081", Kind::fixed)});
  EXPECT_EQ(landing("8080", scene, taken), "8083");
  EXPECT_THAT(skips("8080", scene, taken),
              ElementsAre("8080: held by nginx (pid 812, unit nginx.service, *)", "8081: allocated to app (fixed)",
                          "8082: held by a closing connection in TIME_WAIT (*, 42 s left)"));
}

TEST(Walk, SaysWhichVerdictAPortGot) {
  Scene scene{.holders = {listener("8080"), tests::draining("8082")}};
  const auto taken = registry({allocation("app", "8081")});
  const auto landing = walk_from("8080", scene, taken).value();
  std::vector<std::optional<Verdict>> verdicts;
  for (const auto& skip : landing.skipped) verdicts.push_back(skip.verdict);
  EXPECT_THAT(verdicts, ElementsAre(Verdict::held, Verdict::allocated, Verdict::draining));
}

TEST(Walk, DoesNotLookAtWhatIsAllocated) {
  Scene scene;
  walk_from("8080", scene, registry({allocation("app", "8080-8099")})).value();
  EXPECT_THAT(scene.probed, ElementsAre(endpoint("8100")));
  EXPECT_THAT(scene.named, IsEmpty());
}

TEST(Walk, TheServicesOwnAllocationIsNotTaken) {
  EXPECT_EQ(landing("8080", {}, registry({allocation("web", "8080")})), "8080");
}

TEST(Walk, TheServicesOwnListenerIsNotInTheWay) {
  Scene scene{.holders = {listener("8080"), listener("8081")}};
  const auto preferred = endpoint("8080");
  const Registry nothing;
  const Occupied occupied(nothing);
  const auto sight = scene.sight();
  EXPECT_EQ(walk({.preferred = preferred, .service = "web", .own = endpoint("8080")}, occupied, sight)->ports,
            ports("8080"));
  EXPECT_EQ(walk({.preferred = preferred, .service = "web", .own = endpoint("8081")}, occupied, sight)->ports,
            ports("8081"));
}

// What a service already has on one protocol, or one address, does not make the rest of the request its own.
TEST(Walk, AForeignListenerBesideTheServicesOwnIs) {
  Scene scene{.holders = {listener("8080", "web"), listener("8080/udp", "caddy")}};
  const auto preferred = endpoint("8080/tcp+udp");
  const Registry nothing;
  const Occupied occupied(nothing);
  const auto sight = scene.sight();
  EXPECT_EQ(walk({.preferred = preferred, .service = "web", .own = endpoint("8080")}, occupied, sight)->ports,
            ports("8081"));
}

TEST(Walk, AnotherProtocolOrAddressIsNotInTheWay) {
  const Scene scene{.holders = {listener("8080/udp"), listener("127.0.0.2:8080")}};
  EXPECT_EQ(landing("127.0.0.1:8080", scene, registry({allocation("app", "127.0.0.3:8080")})), "8080");
}

TEST(Walk, PassesOverTheEphemeralRangeAtOnce) {
  const Scene scene{.holders = {listener("32767")}};
  EXPECT_EQ(landing("32767", scene), "61000");
  EXPECT_THAT(skips("32767", scene), ElementsAre(HasSubstr("32767"), HasSubstr("32768-60999: in the ephemeral range")));
}

TEST(Walk, StaysInTheEphemeralRangeThatItBeginsIn) {
  EXPECT_EQ(landing("40000", {.holders = {listener("40000")}}), "40001");
}

TEST(Walk, GoesOnWhereTheEphemeralRangeIsNotKnown) {
  EXPECT_EQ(landing("32767", {.holders = {listener("32767")}, .kernel = {}}), "32768");
}

TEST(Walk, PassesOverKernelReservedPorts) {
  Scene scene{.holders = {listener("8080")}};
  scene.kernel.reserved = {ports("8081-8085"), ports("8087")};
  EXPECT_EQ(landing("8080", scene), "8086");
  scene.holders.push_back(listener("8086"));
  EXPECT_EQ(landing("8080", scene), "8088");
  EXPECT_THAT(skips("8080", scene)[1], "8081-8085: kernel-reserved (net.ipv4.ip_local_reserved_ports)");
}

TEST(Walk, PassesOverPortsThatBrowsersRefuse) {
  const Scene scene{.holders = {listener("6664")}};
  EXPECT_EQ(landing("6664", scene), "6670");
  EXPECT_THAT(skips("6664", scene)[1], "6665: refused by web browsers");
  EXPECT_EQ(landing("6664/udp", {.holders = {listener("6664/udp")}}), "6665");
}

TEST(Walk, TakesAnOddPortThatWasAskedFor) {
  Scene scene;
  scene.kernel.reserved = {ports("6666")};
  EXPECT_EQ(landing("6666", scene), "6666");
  EXPECT_EQ(landing("6666-6668", scene), "6666-6668");
  EXPECT_EQ(landing("40000", scene), "40000");
}

TEST(Walk, NeverGoesPastTheLimit) {
  EXPECT_EQ(landing("65535", {.holders = {listener("65535")}}), "range_exhausted");
  EXPECT_EQ(landing("65534-65535", {.holders = {listener("65534")}}), "range_exhausted");
  EXPECT_EQ(landing("8080", {.holders = {listener("8080")}}, {}, 8080), "range_exhausted");
  EXPECT_EQ(landing("8080", {.holders = {listener("8080")}}, {}, 8081), "8081");
  EXPECT_EQ(landing("8080-8082", {.holders = {listener("8080")}}, {}, 8083), "8081-8083");
  EXPECT_EQ(landing("8080-8082", {.holders = {listener("8081")}}, {}, 8083), "range_exhausted");
  EXPECT_EQ(landing("32767", {.holders = {listener("32767")}}, {}, 60000), "range_exhausted");
}

TEST(Walk, MayBeginAboveThePreferredPort) {
  Scene scene{.holders = {listener("8085")}};
  const auto preferred = endpoint("8080");
  const Registry nothing;
  const Occupied occupied(nothing);
  const auto sight = scene.sight();
  EXPECT_EQ(walk({.preferred = preferred, .from = 8085, .service = "web"}, occupied, sight)->ports, ports("8086"));
  EXPECT_EQ(scene.probed.front(), endpoint("8085"));
}

TEST(Walk, SaysWhatTookTheRange) {
  Scene scene{.holders = {listener("8080")}};
  const auto error = walk_from("8080", scene, registry({allocation("app", "8081-8082")}), 8082).error();
  EXPECT_EQ(error.code, ErrorCode::exhausted);
  EXPECT_EQ(error.message, "no port left from 8080 to 8082");
  EXPECT_EQ(error.hint, "8080: held by nginx (pid 812, unit nginx.service, *)\n8081-8082: allocated to app (flexible)");
}

TEST(Walk, SaysHowManyPortsWereWantedTogether) {
  Scene scene{.holders = {listener("8081")}};
  EXPECT_EQ(walk_from("8080-8082", scene, {}, 8083).error().message, "no 3 contiguous ports left from 8080 to 8083");
}

TEST(Walk, DoesNotSayAllOfALongWalk) {
  Scene scene;
  const auto error = walk_from("8000", scene, many(8000, 8100), 8100).error();
  EXPECT_THAT(error.hint, HasSubstr("\nand "));
  EXPECT_LT(std::ranges::count(error.hint, '\n'), 10);
}

TEST(Walk, MovesARangeAsAWhole) {
  EXPECT_EQ(landing("8080-8083", {.holders = {listener("8082")}}), "8083-8086");
  EXPECT_EQ(landing("8080-8083", {}, registry({allocation("app", "8083-8085")})), "8086-8089");
  EXPECT_EQ(landing("6660-6663", {.holders = {listener("6661")}}), "6670-6673");
}

TEST(Walk, FindsOnePortForBothProtocols) {
  const Scene scene{.holders = {listener("8080/udp"), listener("8081")}};
  EXPECT_EQ(landing("8080/tcp+udp", scene), "8082");
}

TEST(Walk, TakesAPortThatOnlyThisUserCannotBind) {
  for (const auto result : {Probe::Result::no_address, Probe::Result::not_permitted}) {
    Scene scene{.probes = {{8080, {result, "because"}}}};
    const auto found = walk_from("8080", scene).value();
    EXPECT_EQ(found.ports, ports("8080"));
    EXPECT_THAT(found.warnings, ElementsAre("because"));
  }
}

TEST(Walk, SaysOnceWhatHoldsForEveryPortOfARange) {
  Scene scene;
  for (Port port = 1000; port < 1010; ++port) scene.probes[port] = {Probe::Result::not_permitted, "only root may"};
  EXPECT_THAT(walk_from("1000-1009", scene).value().warnings, ElementsAre("only root may"));
}

TEST(Walk, DoesNotGuessWhereItCannotLook) {
  Scene scene{.probes = {{8080, {Probe::Result::failed, "Too many open files"}}}};
  const auto error = walk_from("8080", scene).error();
  EXPECT_EQ(error.code, ErrorCode::unseen);
  EXPECT_THAT(error.message, HasSubstr("8080/tcp: Too many open files"));
}

TEST(Walk, WhatEndsSomewhereElseNeedsNoLook) {
  Scene scene{.probes = {{8080, {Probe::Result::failed, "why"}}}};
  EXPECT_EQ(walk_from("8080", scene, registry({allocation("app", "8080")}))->ports, ports("8081"));
}

TEST(WalkSkips, TheFirstAreKeptOneByOneAndTheRestAsOne) {
  const auto registry = many(8000, 8999);
  Scene scene;
  const auto found = walk_from("8000", scene, registry).value();
  EXPECT_EQ(found.ports, ports("9000"));
  ASSERT_THAT(found.skipped, SizeIs(9));
  EXPECT_EQ(found.skipped[7].ports, ports("8007"));
  EXPECT_EQ(found.skipped[8].ports, ports("8008-8999"));
  EXPECT_EQ(found.skipped[8].verdict, Verdict::allocated);
}

TEST(WalkSkips, ARunNamesTheFirstOfIt) {
  const auto lines = skips("8000", {}, many(8000, 8100));
  EXPECT_THAT(lines.back(), HasSubstr("8008-8100: allocated to s8008 (flexible)"));
  EXPECT_LT(lines.back().size(), 200U);
}

TEST(WalkSkips, OneReasonIsNotMixedWithAnother) {
  auto registry = many(8000, 8019);
  registry.erase("s8010");
  const auto found = skips("8000", {.holders = {listener("8010")}}, registry);
  EXPECT_THAT(
      std::vector(found.end() - 3, found.end()),
      ElementsAre(HasSubstr("8008-8009: allocated"), HasSubstr("8010: held"), HasSubstr("8011-8019: allocated")));
}

TEST(WalkSkips, ManyHoldersAreARunToo) {
  Scene scene;
  for (unsigned port = 8000; port < 8050; ++port) scene.holders.push_back(listener(std::to_string(port)));
  const auto found = walk_from("8000", scene).value();
  EXPECT_EQ(found.ports, ports("8050"));
  EXPECT_EQ(found.skipped.back().ports, ports("8008-8049"));
  EXPECT_THAT(found.skipped.back().evidence, SizeIs(3));
}

TEST(DescribeSkip, ForeignNamesAreEscaped) {
  const Skip skip{ports("8080"), Verdict::allocated, {{Source::registry, "allocated to a\nb (fixed)"}}};
  EXPECT_EQ(describe(skip), "8080: allocated to a\\nb (fixed)");
}

}  // namespace
}  // namespace berth
