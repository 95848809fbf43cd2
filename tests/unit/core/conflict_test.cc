#include "core/conflict.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/ownership.h"
#include "unit/core/random_values.h"

namespace berth {

namespace {

using testing::ElementsAre;
using tests::allocation;
using tests::listener;
using tests::nameless;
using tests::owned;
using tests::registry;
using tests::unit;

const auto web_of_nginx = owned(allocation("web", "80"), unit("nginx.service"));

State state_with(const Allocation& allocation, std::vector<Holder> holders, std::vector<BlindSpot> blind_spots = {}) {
  return states_of(registry({allocation}), {std::move(holders), std::move(blind_spots)}).front();
}

TEST(State, IsIdleWhereNobodyListens) {
  EXPECT_EQ(state_with(allocation("web", "80"), {}), State::idle);
  EXPECT_EQ(state_with(allocation("web", "80"), {listener("81"), listener("80/udp")}), State::idle);
}

TEST(State, IsListeningWhereSomebodyDoes) {
  EXPECT_EQ(state_with(allocation("web", "80"), {listener("127.0.0.1:80")}), State::listening);
  EXPECT_EQ(state_with(allocation("web", "80"), {nameless("80")}), State::listening);
  EXPECT_EQ(state_with(web_of_nginx, {listener("80", "nginx")}), State::listening);
}

TEST(State, OfARangeIsListeningIfOnePortIs) {
  EXPECT_EQ(state_with(allocation("rtp", "10000-10100/udp"), {listener("10100/udp")}), State::listening);
}

TEST(State, OnAnotherAddressIsNotThisOne) {
  EXPECT_EQ(state_with(allocation("web", "127.0.0.1:80"), {listener("127.0.0.2:80")}), State::idle);
}

TEST(State, ConnectionsAndClosingSocketsDoNotListen) {
  EXPECT_EQ(state_with(allocation("web", "80"), {tests::connection("80"), tests::draining("80")}), State::idle);
}

TEST(State, WhatIsOnlyBoundServesNobody) {
  EXPECT_EQ(state_with(allocation("web", "80"), {nameless("80", HolderState::bound)}), State::idle);
  auto web = allocation("web", "80", Kind::fixed);
  auto bound = listener("80", "nginx");
  bound.state = HolderState::bound;
  web.contest = contest_with({bound});
  EXPECT_EQ(state_with(web, {bound}), State::conflict);
}

TEST(State, IsDriftWhereAnotherOwnerListens) {
  EXPECT_EQ(state_with(web_of_nginx, {listener("80", "caddy")}), State::drift);
}

TEST(State, IsListeningWhereItsOwnerListensBesideAnother) {
  EXPECT_EQ(state_with(web_of_nginx, {listener("127.0.0.1:80", "caddy"), listener("127.0.0.2:80", "nginx")}),
            State::listening);
}

TEST(State, IsNoDriftWhereTheOwnerCannotBeSeen) {
  EXPECT_EQ(state_with(web_of_nginx, {nameless("80")}), State::listening);
}

TEST(State, IsConflictWhereTheOwnerOfAnotherAllocationListens) {
  const auto some = registry({allocation("app", "8080"), owned(allocation("proxy", "443"), unit("caddy.service"))});
  EXPECT_THAT(states_of(some, {{listener("8080", "caddy")}, {}}), ElementsAre(State::conflict, State::idle));
}

TEST(State, IsConflictForBothOfTwoAllocationsThatOverlap) {
  const auto some = registry({allocation("a", "80"), allocation("b", "127.0.0.1:80"), allocation("c", "80/udp")});
  EXPECT_THAT(states_of(some, {}), ElementsAre(State::conflict, State::conflict, State::idle));
}

TEST(State, IsConflictAsLongAsWhoContestedItIsThere) {
  auto web = allocation("web", "80", Kind::fixed);
  web.contest = contest_with({listener("80", "nginx")});
  EXPECT_EQ(state_with(web, {listener("80", "nginx")}), State::conflict);
  EXPECT_EQ(state_with(web, {listener("80", "web", 900)}), State::listening);
  EXPECT_EQ(state_with(web, {}), State::idle);
}

TEST(State, IsConflictAlsoWhereItsOwnerListensBesideWhoContestedIt) {
  auto web = web_of_nginx;
  web.contest = contest_with({listener("80", "caddy", 7)});
  EXPECT_EQ(state_with(web, {listener("127.0.0.1:80", "caddy", 7), listener("127.0.0.2:80", "nginx")}),
            State::conflict);
  EXPECT_EQ(state_with(web, {listener("127.0.0.2:80", "nginx"), listener("127.0.0.1:80", "caddy", 7)}),
            State::conflict);
}

TEST(State, ASecondPortOfTheServiceIsNoConflictWithTheFirst) {
  const auto some =
      registry({owned(allocation("keycloak", "8080"), unit("keycloak.service")), allocation("keycloak/admin", "9000")});
  EXPECT_THAT(states_of(some, {{listener("9000", "keycloak")}, {}}), ElementsAre(State::idle, State::listening));
}

TEST(State, IsUnknownWhereSocketsCouldNotBeSeen) {
  EXPECT_EQ(state_with(allocation("web", "80"), {}, {{"socket", "not permitted"}}), State::unknown);
  EXPECT_EQ(state_with(allocation("web", "80"), {listener("80")}, {{"socket", "not permitted"}}), State::listening);
}

TEST(State, OnlyMissingSocketsMakeItUnknown) {
  EXPECT_EQ(state_with(allocation("web", "80"), {}, {{"socket", "owners need root", false}}), State::idle);
  EXPECT_EQ(state_with(allocation("web", "80"), {}, {{"nat", "not root"}}), State::idle);
}

TEST(State, HasAWord) {
  EXPECT_EQ(to_string(State::listening), "listening");
  EXPECT_EQ(to_string(State::idle), "idle");
  EXPECT_EQ(to_string(State::conflict), "conflict");
  EXPECT_EQ(to_string(State::drift), "drift");
  EXPECT_EQ(to_string(State::unknown), "unknown");
}

TEST(HasContests, WhereThereIsOne) {
  auto contested = allocation("b", "81", Kind::fixed);
  contested.contest = Contest{};
  EXPECT_FALSE(has_contests(registry({allocation("a", "80"), web_of_nginx})));
  EXPECT_TRUE(has_contests(registry({allocation("a", "80"), contested})));
}

TEST(NeedsOwners, OnlyWhereThereIsSomebodyToCompareWith) {
  EXPECT_FALSE(needs_owners({}));
  EXPECT_FALSE(needs_owners(registry({allocation("a", "80")})));
  EXPECT_TRUE(needs_owners(registry({allocation("a", "80"), web_of_nginx})));
  auto contested = allocation("a", "80", Kind::fixed);
  contested.contest = Contest{};
  EXPECT_TRUE(needs_owners(registry({contested})));
}

RC_GTEST_PROP(StateProperty, DoesNotDependOnTheOrderOfTheHolders, ()) {
  const auto registry = *tests::any_sound_registry();
  auto holders = *rc::gen::container<std::vector<Holder>>(tests::any_holder());
  const auto states = states_of(registry, {holders, {}});
  std::ranges::reverse(holders);
  RC_ASSERT((states_of(registry, {holders, {}}) == states));
}

RC_GTEST_PROP(StateProperty, ThereIsOneForEachAllocation, ()) {
  Registry registry;
  for (const auto& each : *tests::any_allocations()) registry.put(each);
  RC_ASSERT(states_of(registry, {}).size() == registry.allocations().size());
}

}  // namespace
}  // namespace berth
