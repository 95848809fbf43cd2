#include "core/namesake.h"

#include <gmock/gmock.h>

#include "unit/core/scene.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::allocation;
using tests::owned;
using tests::registry;
using tests::request;
using tests::Scene;
using tests::unit;

TEST(Namesake, IsTheSameNameOrAWordOfItOrTheOwners) {
  const auto called = [](std::string_view registered, std::string_view service) {
    return may_be_called(allocation(registered, "80"), service);
  };
  for (const auto* name : {"redis", "redis-server", "Redis", "redis-server/tls", "server"}) {
    EXPECT_TRUE(called("redis-server", name)) << name;
  }
  for (const auto* name : {"re", "dis", "keycloak", "serve-r", "web"})
    EXPECT_FALSE(called("redis-server", name)) << name;
  EXPECT_TRUE(called("blog/web", "blog"));
  EXPECT_TRUE(called("apache2", "apache"));
  EXPECT_FALSE(called("db", "dbus"));
  const auto container = owned(allocation("cache", "80"), {Owner::Kind::container, "shop-redis-1"});
  EXPECT_TRUE(may_be_called(container, "redis"));
  EXPECT_FALSE(may_be_called(owned(allocation("cache", "80"), {Owner::Kind::exe, "/usr/bin/redis"}), "redis"));
}

const auto with_redis =
    registry({owned(allocation("redis-server", "6379", Kind::fixed), unit("redis-server.service"))});

// The notes of what a new service gets.
std::vector<std::string> notes(const Request& asked, std::vector<Holder> holders = {}) {
  Scene scene{.holders = std::move(holders)};
  return tests::decide_one(with_redis, scene, asked).value().notes;
}

TEST(Namesake, WhoAsksUnderAnotherNameIsTold) {
  const auto asked = request("redis", "6379", Kind::flexible);
  EXPECT_THAT(notes(asked), ElementsAre("if redis-server is the same service, ask under that name: berth register "
                                        "redis-server 6379\nor call it redis from now on: berth release redis "
                                        "redis-server, then berth register redis 6379 fixed"));
  EXPECT_THAT(notes(asked, {tests::listener("6379", "redis-server")}),
              ElementsAre(HasSubstr("berth release redis redis-server, then berth migrate --running redis=6379")));
}

TEST(Namesake, CommandsCanBeTypedWhateverTheNames) {
  const auto advice = advise_on_namesake(allocation("my $(app)", "80"), "my;app", true, false);
  EXPECT_THAT(advice,
              HasSubstr("if my $(app) is the same service, ask under that name: berth register 'my $(app)' 80"));
  EXPECT_THAT(advice, HasSubstr("berth release 'my;app' 'my $(app)', then berth register 'my;app' 80"));
}

TEST(Namesake, WhoIsSomebodyElseIsNot) {
  EXPECT_THAT(notes(request("keycloak", "6379", Kind::flexible)), IsEmpty());
  EXPECT_THAT(notes(request("redis", "6380", Kind::flexible)), IsEmpty());
}

TEST(Namesake, WhoIsRefusedIsToldToo) {
  Scene scene;
  const auto error = tests::decide_one(with_redis, scene, request("redis", "6379", Kind::fixed)).error();
  EXPECT_EQ(error.code, ErrorCode::taken);
  EXPECT_THAT(error.hint, HasSubstr("would give 6380\nif redis-server is the same service"));
  EXPECT_THAT(error.hint, HasSubstr("berth release redis-server, then berth register redis 6379 fixed"));
}

}  // namespace
}  // namespace berth
