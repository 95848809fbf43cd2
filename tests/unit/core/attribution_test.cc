#include "core/attribution.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::declared;
using tests::listener;
using tests::nameless;
using tests::nat;
using tests::of_container;
using tests::published;

Holder proxy(std::string_view spec, std::string_view process = "docker-proxy") {
  auto holder = listener(spec, process);
  holder.unit = "docker.service";
  return holder;
}

// The first holder, once the census is put together.
Holder completed(std::vector<Holder> holders, std::vector<KnownContainer> containers = {}) {
  Census census{std::move(holders), {}};
  census.containers = std::move(containers);
  attribute(census);
  return census.holders.front();
}

TEST(Attribute, AContainerKnownByItsIdGetsItsName) {
  auto socket = listener("8085", "httpd");
  socket.container = Container{.id = "abc"};
  const KnownContainer known{{"abc", "web", "pm/web:1", true}, Compose{"blog", "web"}};
  const auto holder = completed({socket}, {{{"def", "other", "", true}, {}}, known});
  EXPECT_EQ(holder.container, known.container);
  EXPECT_EQ(holder.compose, known.compose);
}

TEST(Attribute, AnIdThatNobodyKnowsStaysAnId) {
  auto socket = listener("8085", "httpd");
  socket.container = Container{.id = "abc"};
  EXPECT_EQ(completed({socket}, {{{"def", "other", "", true}, {}}}), socket);
}

TEST(Attribute, WhoForwardsForAContainerGetsTheOnePublishedThere) {
  for (const auto* process :
       {"docker-proxy", "rootlessport", "rootlesskit", "slirp4netns", "pasta", "conmon", "dockerd"}) {
    const auto holder =
        completed({proxy("0.0.0.0:8080", process), published("8080", "web"), published("8081", "other")});
    ASSERT_TRUE(holder.container) << process;
    EXPECT_EQ(holder.container->name, "web") << process;
    EXPECT_EQ(holder.forwards_to, "10.200.0.2:80") << process;
  }
}

TEST(Attribute, AServerOfItsOwnIsNoContainers) {
  const auto nginx = listener("8080", "nginx");
  EXPECT_EQ(completed({nginx, published("8080", "web")}), nginx);
}

TEST(Attribute, AProxyToAnotherPlaceIsNotThatContainers) {
  auto other = proxy("8080");
  other.forwards_to = "10.200.0.9:80";
  EXPECT_FALSE(completed({other, published("8080", "web")}).container);
}

TEST(Attribute, EachProxyOfARangeIsThatContainers) {
  auto all = published("9000-9002", "web");
  all.forwards_to = "10.200.0.2:80-82";
  for (const auto* target : {"10.200.0.2:81", ""}) {
    auto second = proxy("127.0.0.1:9001");
    second.forwards_to = target;
    const auto holder = completed({second, all});
    ASSERT_TRUE(holder.container) << target;
    EXPECT_EQ(holder.container->name, "web");
    EXPECT_EQ(holder.forwards_to, "10.200.0.2:81");
  }
  auto other = proxy("127.0.0.1:9001");
  other.forwards_to = "10.200.0.2:80";
  EXPECT_EQ(completed({other, all}), other);
}

TEST(Attribute, AProxyIsNotOfAContainerThatOnlyWouldLikeThePort) {
  EXPECT_FALSE(completed({proxy("8080"), of_container("8080", "web", HolderState::configured)}).container);
}

TEST(Attribute, ANatRuleIsOfTheContainerItLeadsTo) {
  const auto rule = completed({nat("8080", "10.200.0.2:80"), published("8080", "web")});
  ASSERT_TRUE(rule.container);
  EXPECT_EQ(rule.container->name, "web");
  EXPECT_FALSE(completed({nat("8080", "192.168.1.7:80"), published("8080", "web")}).container);
}

// The engine was killed, its rules stayed: the disk says whose port it was.
TEST(Attribute, ANatRuleThatWasLeftBehindIsOfTheContainerThatIsConfiguredSo) {
  const auto rule = completed({nat("8080", "10.200.0.2:80"), of_container("8080", "web", HolderState::configured)});
  ASSERT_TRUE(rule.container);
  EXPECT_EQ(rule.container->name, "web");
}

Holder of_init(std::string_view spec) {
  auto holder = listener(spec, "systemd", 1);
  holder.unit = "init.scope";
  return holder;
}

TEST(Attribute, WhatProcessOneListensOnIsOfTheUnitThatDeclaresIt) {
  const auto holder = completed({of_init("[::]:7070"), declared("[::]:7070", "web", true)});
  EXPECT_EQ(holder.unit, "web.socket");
  EXPECT_EQ(holder.activates, "web.service");
}

TEST(Attribute, AnEnabledUnitIsLikelierThanOneThatIsNot) {
  EXPECT_EQ(completed({of_init("[::]:7070"), declared("[::]:7070", "a", false), declared("[::]:7070", "b", true)}).unit,
            "b.socket");
  EXPECT_EQ(completed({of_init("[::]:7070"), declared("[::]:7070", "b", true), declared("[::]:7070", "a", false)}).unit,
            "b.socket");
}

TEST(Attribute, OfTwoEnabledUnitsNoneIsNamed) {
  const auto holder =
      completed({of_init("[::]:7070"), declared("[::]:7070", "a", true), declared("[::]:7070", "b", true)});
  EXPECT_EQ(holder.activates, "");
}

TEST(Attribute, ADeclarationOfAnotherAddressIsNotIt) {
  EXPECT_EQ(completed({of_init("[::]:7070"), declared("127.0.0.1:7070", "web", true)}).activates, "");
  EXPECT_EQ(completed({listener("[::]:7070", "web", 812), declared("[::]:7070", "other", true)}).activates, "");
}

TEST(StaleProxy, IsOneWithoutAContainerThoughTheEngineAnswered) {
  Census census{{proxy("8080")}, {}};
  EXPECT_FALSE(is_stale_proxy(census.holders.front(), census));
  census.answered = {Source::container};
  EXPECT_TRUE(is_stale_proxy(census.holders.front(), census));
  census.holders.push_back(published("8080", "web"));
  attribute(census);
  EXPECT_FALSE(is_stale_proxy(census.holders.front(), census));
  EXPECT_FALSE(is_stale_proxy(listener("8080", "nginx"), census));
}

std::vector<Source> voices_of(std::vector<Holder> holders) {
  Census census{std::move(holders), {}};
  attribute(census);
  std::vector<Source> sources;
  for (const auto& holder : without_echoes(census.holders)) sources.push_back(holder.source);
  return sources;
}

TEST(Echoes, APublishedPortIsOneBesideItsSocket) {
  EXPECT_THAT(voices_of({proxy("8080"), published("8080", "web")}), ElementsAre(Source::socket));
  EXPECT_THAT(voices_of({listener("8080"), published("8080", "web")}), ElementsAre(Source::socket, Source::container));
}

TEST(Echoes, ANatRuleIsOneBesideItsContainer) {
  EXPECT_THAT(voices_of({nat("8080", "10.200.0.2:80"), published("8080", "web")}), ElementsAre(Source::container));
  EXPECT_THAT(voices_of({nat("8080", "10.9.9.9:80"), published("8080", "web")}),
              ElementsAre(Source::nat, Source::container));
}

TEST(Echoes, AConfiguredPortIsOneBesideTheRuleThatTakesIt) {
  EXPECT_THAT(voices_of({nat("8080", "10.200.0.2:80"), of_container("8080", "web", HolderState::configured)}),
              ElementsAre(Source::nat));
}

TEST(Echoes, ADeclaredSocketIsOneBesideTheOpenOne) {
  EXPECT_THAT(voices_of({of_init("[::]:7070"), declared("[::]:7070", "web", true)}), ElementsAre(Source::socket));
  EXPECT_THAT(voices_of({listener("[::]:7070", "web"), declared("[::]:7070", "web", true)}),
              ElementsAre(Source::socket));
  EXPECT_THAT(voices_of({listener("[::]:7070", "other"), declared("[::]:7070", "web", true)}),
              ElementsAre(Source::socket, Source::systemd));
}

TEST(Echoes, SomebodyIsAlwaysHeard) {
  EXPECT_THAT(without_echoes({}), IsEmpty());
  EXPECT_THAT(without_echoes({published("8080", "web"), published("8080", "web")}), SizeIs(2));
}

}  // namespace
}  // namespace berth
