#include "core/ownership.h"

#include <gmock/gmock.h>

#include <string>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tests::allocation;
using tests::endpoint;
using tests::listener;
using tests::nameless;
using tests::owned;
using tests::registry;
using tests::Scene;
using tests::unit;

std::optional<bool> foreign_to(const Allocation& allocation, const Holder& holder, Registry others = {}) {
  others.put(allocation);
  return is_foreign(holder, *others.find(allocation.service), others);
}

TEST(Claims, ConnectionsAndClosingSocketsAreNobodysClaim) {
  for (const auto state : {HolderState::listening, HolderState::bound, HolderState::published, HolderState::configured,
                           HolderState::declared}) {
    EXPECT_TRUE(claims(nameless("80", state))) << to_string(state);
  }
  for (const auto state : {HolderState::connection, HolderState::draining}) {
    EXPECT_FALSE(claims(nameless("80", state))) << to_string(state);
  }
}

TEST(IsForeign, ComparesWithTheRecordedOwner) {
  const auto web = owned(allocation("web", "80"), unit("nginx.service"));
  EXPECT_EQ(foreign_to(web, listener("80", "nginx")), false);
  EXPECT_EQ(foreign_to(web, listener("80", "caddy")), true);
}

TEST(IsForeign, CannotTellWithoutARecordedOwner) {
  EXPECT_EQ(foreign_to(allocation("web", "80"), listener("80", "nginx")), std::nullopt);
}

TEST(IsForeign, CannotTellWhoCannotBeSeen) {
  EXPECT_EQ(foreign_to(owned(allocation("web", "80"), unit("nginx.service")), nameless("80")), std::nullopt);
}

TEST(IsForeign, TheOwnerOfAnotherAllocationIs) {
  const auto others = registry({owned(allocation("proxy", "443"), unit("caddy.service"))});
  EXPECT_EQ(foreign_to(allocation("web", "80"), listener("80", "caddy"), others), true);
  EXPECT_EQ(foreign_to(allocation("web", "80"), listener("80", "nginx"), others), std::nullopt);
}

TEST(IsForeign, TheOwnerOfAnotherPortOfTheServiceIsNot) {
  const auto others = registry({owned(allocation("keycloak", "8080"), unit("keycloak.service"))});
  EXPECT_EQ(foreign_to(allocation("keycloak/admin", "9000"), listener("9000", "keycloak"), others), std::nullopt);
  const auto admin = registry({owned(allocation("keycloak/admin", "9000"), unit("keycloak.service"))});
  EXPECT_EQ(foreign_to(allocation("keycloak", "8080"), listener("8080", "keycloak"), admin), std::nullopt);
  EXPECT_EQ(foreign_to(allocation("keycloak/x", "8080"), listener("8080", "keycloak"), admin), std::nullopt);
  EXPECT_EQ(foreign_to(allocation("keycloak2", "8080"), listener("8080", "keycloak"), admin), true);
}

// Half of the services of a server are /usr/bin/python3 or /usr/bin/node.
TEST(IsForeign, AnExecutableOfAnotherAllocationProvesNothing) {
  const auto others = registry({owned(allocation("app", "5000"), {Owner::Kind::exe, "/usr/bin/python3"})});
  auto python = nameless("80");
  python.exe = "/usr/bin/python3";
  EXPECT_EQ(foreign_to(allocation("web", "80"), python, others), std::nullopt);
}

TEST(IsForeign, AnotherExecutableThanTheRecordedOneIs) {
  const auto web = owned(allocation("web", "80"), {Owner::Kind::exe, "/usr/sbin/nginx"});
  EXPECT_EQ(foreign_to(web, listener("80", "nginx")), false);
  EXPECT_EQ(foreign_to(web, listener("80", "caddy")), true);
}

TEST(IsForeign, WhoeverContestedAFixedPortIs) {
  auto web = allocation("web", "80", Kind::fixed);
  web.contest = contest_with({listener("80", "nginx", 812)});
  EXPECT_EQ(foreign_to(web, listener("80", "nginx", 812)), true);
  EXPECT_EQ(foreign_to(web, listener("80", "web", 900)), std::nullopt);
}

TEST(IsForeign, WhoeverListensWhereSomebodyUnseenDidMayBeItsOwn) {
  auto web = allocation("web", "80", Kind::fixed);
  web.contest = contest_with({});
  EXPECT_EQ(foreign_to(web, listener("80", "nginx", 812)), std::nullopt);
}

TEST(IsForeign, AConnectionProvesNothing) {
  const auto web = owned(allocation("web", "80"), unit("nginx.service"));
  EXPECT_EQ(foreign_to(web, tests::connection("80", "caddy")), std::nullopt);
}

Use use_in(tests::Scene scene, const Registry& registry) {
  return use_of(*registry.find("web"), registry, scene.sight());
}

TEST(UseOf, APortThatNobodyUsesIsNotAskedAbout) {
  tests::Scene scene;
  const auto some = registry({owned(allocation("web", "80"), unit("nginx.service"))});
  const auto use = use_of(*some.find("web"), some, scene.sight());
  EXPECT_FALSE(use.in_use);
  EXPECT_THAT(scene.named, IsEmpty());
}

TEST(UseOf, NobodyIsNamedWhereThereIsNothingToCompareWith) {
  tests::Scene scene{.holders = {listener("80")}};
  const auto some = registry({allocation("web", "80"), allocation("app", "81")});
  const auto use = use_of(*some.find("web"), some, scene.sight());
  EXPECT_TRUE(use.in_use);
  EXPECT_FALSE(use.own || use.foreign);
  EXPECT_THAT(scene.named, IsEmpty());
}

TEST(UseOf, KnowsItsOwn) {
  const auto some = registry({owned(allocation("web", "80"), unit("nginx.service"))});
  const auto use = use_in({.holders = {listener("80", "nginx")}}, some);
  EXPECT_TRUE(use.in_use && use.own && !use.foreign);
}

TEST(UseOf, KnowsAForeignOneAndNamesIt) {
  const auto some = registry({owned(allocation("web", "80"), unit("nginx.service"))});
  const auto use = use_in({.holders = {tests::connection("80", "nginx"), listener("80", "caddy")}}, some);
  EXPECT_TRUE(use.in_use && use.foreign && !use.own);
  EXPECT_EQ(use.who, describe(listener("80", "caddy")));
}

TEST(UseOf, BesideItsOwnAForeignOneDoesNotCount) {
  const auto some = registry({owned(allocation("web", "80"), unit("nginx.service"))});
  for (const auto& holders : {std::vector{listener("127.0.0.1:80", "caddy"), listener("127.0.0.2:80", "nginx")},
                              std::vector{listener("127.0.0.2:80", "nginx"), listener("127.0.0.1:80", "caddy")}}) {
    const auto use = use_in({.holders = holders}, some);
    EXPECT_TRUE(use.own);
    EXPECT_FALSE(use.foreign);
  }
}

TEST(UseOf, LooksAtEveryPortOfARange) {
  const auto some = registry({allocation("web", "8000-8003")});
  EXPECT_TRUE(use_in({.holders = {listener("8003")}}, some).in_use);
  EXPECT_FALSE(use_in({.holders = {listener("8004")}}, some).in_use);
}

TEST(UseOf, ANameCannotMoveTheCursor) {
  const auto some = registry({owned(allocation("web", "80"), unit("nginx.service"))});
  EXPECT_THAT(use_in({.holders = {listener("80", "\x1b[2Jevil")}}, some).who, HasSubstr("\\x1b[2Jevil"));
}

std::optional<std::vector<Holder>> in_the_way_of(std::string_view spec, std::string_view own, Scene scene) {
  return in_the_way(endpoint(spec), scene.probe(endpoint(spec)), endpoint(own), scene.sight());
}

TEST(InTheWay, IsNobodyWhereTheServiceIs) {
  EXPECT_EQ(in_the_way_of("8080", "8080", {.holders = {listener("8080")}}), std::nullopt);
  EXPECT_EQ(in_the_way_of("8080", "8000-8100/tcp+udp", {.holders = {listener("8080")}}), std::nullopt);
}

TEST(InTheWay, NobodyIsAskedWhereItCanOnlyBeTheService) {
  Scene scene{.holders = {listener("8080")}};
  const Probe in_use{Probe::Result::in_use, ""};
  EXPECT_EQ(in_the_way(endpoint("8080"), in_use, endpoint("8080"), scene.sight()), std::nullopt);
  EXPECT_THAT(scene.named, IsEmpty());
}

TEST(InTheWay, IsWhoeverIsElsewhere) {
  const std::vector holders{listener("8080")};
  EXPECT_EQ(in_the_way_of("8080", "9000", {.holders = holders}), holders);
  EXPECT_EQ(in_the_way_of("8080", "8080/udp", {.holders = holders}), holders);
}

TEST(InTheWay, IsWhoHasTheRestOfWhatTheServiceAsksFor) {
  const auto udp = listener("53/udp", "avahi");
  EXPECT_EQ(in_the_way_of("53/tcp+udp", "53", {.holders = {listener("53"), udp}}), std::vector{udp});
  EXPECT_EQ(in_the_way_of("53/tcp+udp", "53", {.holders = {listener("53")}}), std::nullopt);
  const auto elsewhere = listener("127.0.0.2:80", "caddy");
  EXPECT_EQ(in_the_way_of("80", "127.0.0.1:80", {.holders = {listener("127.0.0.1:80"), elsewhere}}),
            std::vector{elsewhere});
}

TEST(InTheWay, MayBeSomebodyUnseen) {
  EXPECT_EQ(in_the_way_of("80", "9000", {.probes = {{80, {Probe::Result::in_use, ""}}}}), std::vector<Holder>{});
}

TEST(InUseBy, NamesEverybodyOnce) {
  const auto same = listener("80", "nginx");
  EXPECT_EQ(in_use_by(tests::endpoint("80"), {same, same, listener("80", "caddy", 7)}),
            "port 80/tcp is held by nginx (pid 812, unit nginx.service, *), caddy (pid 7, unit caddy.service, *)");
}

TEST(InUseBy, SaysThatNobodyCanBeSeen) {
  EXPECT_EQ(in_use_by(tests::endpoint("80/udp"), {}), "port 80/udp is held by something that cannot be seen");
}

TEST(InUseBy, ANameCannotMoveTheCursor) {
  EXPECT_THAT(in_use_by(tests::endpoint("80"), {listener("80", "\x1b[2Jevil")}), Not(HasSubstr("\x1b")));
}

TEST(Contest, IsWithTheHolderThatMeansToHaveThePort) {
  const auto contest = contest_with({tests::connection("80"), listener("80", "nginx", 812)});
  EXPECT_EQ(contest->owner, unit("nginx.service"));
  EXPECT_EQ(contest->pid, 812);
}

TEST(Contest, IsNoneWithAConnectionThatEndsByItself) {
  EXPECT_EQ(contest_with({tests::connection("80", "curl", 99)}), std::nullopt);
}

TEST(Contest, EndsWithTheProcess) {
  auto nobodys = listener("80", "node", 812);
  nobodys.unit.clear();
  const auto contest = contest_with({nobodys});
  EXPECT_TRUE(contests(nobodys, contest.value()));
  auto reused_pid = nobodys;
  ++reused_pid.started;
  EXPECT_FALSE(contests(reused_pid, contest.value()));
  // The service itself may well be run by the same interpreter.
  auto next = nobodys;
  next.pid = 900;
  EXPECT_FALSE(contests(next, contest.value()));
}

TEST(Contest, GoesOnWhenTheUnitIsRestarted) {
  const auto contest = contest_with({listener("80", "nginx", 812)});
  EXPECT_TRUE(contests(listener("80", "nginx", 900), contest.value()));
  EXPECT_FALSE(contests(listener("80", "caddy", 900), contest.value()));
}

TEST(Contest, WithSomebodyUnseenIsWithWhoeverListens) {
  const auto contest = contest_with({});
  EXPECT_EQ(contest, Contest{});
  EXPECT_TRUE(contests(listener("80"), contest.value()));
  EXPECT_TRUE(contests(nameless("80"), contest.value()));
}

Clearance clearance(Scene scene, std::string_view service, std::optional<Endpoint> own = {}) {
  auto hidden = scene.holders;
  std::erase_if(hidden, [](const Holder& holder) { return holder.source == Source::socket; });
  std::erase_if(scene.holders, [](const Holder& holder) { return holder.source != Source::socket; });
  auto sight = scene.sight();
  sight.hidden = [&](const Endpoint&) { return hidden; };
  return clear(endpoint("8080"), service, own, sight);
}

TEST(Clear, NothingSpeaksAgainstAPortThatNobodyHas) {
  EXPECT_FALSE(clearance({}, "web").obstacle);
  EXPECT_FALSE(clearance({.holders = {tests::declared("8080", "other", false)}}, "web").obstacle);
}

TEST(Clear, WhatHasNoSocketIsAnObstacleAlthoughABindSucceeds) {
  const auto seen = clearance({.holders = {tests::nat("8080", "10.0.0.9:80")}}, "web");
  ASSERT_TRUE(seen.obstacle);
  EXPECT_EQ(seen.obstacle->probe.result, Probe::Result::bindable);
  EXPECT_EQ(seen.obstacle->holders.size(), 1U);
}

TEST(Clear, TheServiceItselfIsNoObstacleButItsOwner) {
  for (const auto& holder : {listener("8080", "web"), tests::published("8080", "web"),
                             tests::of_container("8080", "web", HolderState::configured)}) {
    const auto seen = clearance({.holders = {holder}}, "web");
    EXPECT_FALSE(seen.obstacle) << describe(holder);
    EXPECT_EQ(seen.owner, owner_of(holder)) << describe(holder);
  }
}

TEST(Clear, SomebodyElseBesideTheServiceIsOne) {
  const auto seen = clearance({.holders = {listener("8080", "web"), listener("8080", "other")}}, "web");
  ASSERT_TRUE(seen.obstacle);
  EXPECT_EQ(seen.obstacle->holders.front().process, "other");
}

TEST(Clear, WhereTheServiceIsAlreadyNobodyWithoutASocketIsAsked) {
  EXPECT_FALSE(clearance({.holders = {tests::nat("8080", "10.0.0.9:80")}}, "web", endpoint("8080")).obstacle);
}

}  // namespace
}  // namespace berth
