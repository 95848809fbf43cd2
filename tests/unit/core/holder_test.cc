#include "core/holder.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "core/holder_index.h"
#include "unit/core/random_values.h"
#include "unit/core/written.h"

namespace berth {
namespace {

using tests::endpoint;
using tests::listener;
using tests::nameless;

Holder with_everything() {
  auto holder = listener("8080", "java");
  holder.container = Container{"c0ffee", "keycloak", "keycloak:26", true};
  holder.compose = Compose{"auth", "keycloak"};
  return holder;
}

TEST(OwnerOf, IsTheStrongestIdentityKnown) {
  auto holder = with_everything();
  EXPECT_EQ(owner_of(holder), (Owner{Owner::Kind::container, "keycloak"}));
  holder.container.reset();
  EXPECT_EQ(owner_of(holder), (Owner{Owner::Kind::compose, "auth/keycloak"}));
  holder.compose.reset();
  EXPECT_EQ(owner_of(holder), (Owner{Owner::Kind::unit, "java.service"}));
  holder.unit.clear();
  EXPECT_EQ(owner_of(holder), (Owner{Owner::Kind::exe, "/usr/sbin/java"}));
  holder.exe.clear();
  EXPECT_EQ(owner_of(holder), Owner{});
  EXPECT_FALSE(owner_of(holder));
}

TEST(OwnerOf, AContainerThatHasNoNameYetIsNoIdentity) {
  auto holder = with_everything();
  holder.container->name.clear();
  EXPECT_EQ(owner_of(holder).kind, Owner::Kind::compose);
}

TEST(IsOwnedBy, ComparesWhatTheOwnerIs) {
  const auto holder = with_everything();
  using enum Owner::Kind;
  EXPECT_EQ(is_owned_by(holder, {container, "keycloak"}), true);
  EXPECT_EQ(is_owned_by(holder, {container, "keycloak-1"}), false);
  EXPECT_EQ(is_owned_by(holder, {compose, "auth/keycloak"}), true);
  EXPECT_EQ(is_owned_by(holder, {compose, "auth/db"}), false);
  EXPECT_EQ(is_owned_by(holder, {unit, "java.service"}), true);
  EXPECT_EQ(is_owned_by(holder, {unit, "java"}), false);
  EXPECT_EQ(is_owned_by(holder, {exe, "/usr/sbin/java"}), true);
  EXPECT_EQ(is_owned_by(holder, {exe, "/usr/sbin/nginx"}), false);
}

TEST(IsOwnedBy, ASocketUnitIsOfTheServiceThatItStarts) {
  Holder socket;
  socket.unit = "web.socket";
  const Owner web{Owner::Kind::unit, "web.service"};
  EXPECT_EQ(is_owned_by(socket, web), true);
  EXPECT_EQ(is_owned_by(socket, {Owner::Kind::unit, "web.socket"}), true);
  EXPECT_EQ(is_owned_by(socket, {Owner::Kind::unit, "other.service"}), std::nullopt);
  socket.activates = "other.service";
  EXPECT_EQ(is_owned_by(socket, {Owner::Kind::unit, "other.service"}), true);
  EXPECT_EQ(is_owned_by(socket, web), false);
  EXPECT_EQ(owner_of(socket), (Owner{Owner::Kind::unit, "other.service"}));
}

TEST(IsOwnedBy, CannotTellWhatIsNotKnown) {
  const auto holder = nameless("8080");
  using enum Owner::Kind;
  for (const auto kind : {none, container, compose, unit, exe})
    EXPECT_EQ(is_owned_by(holder, {kind, ""}), std::nullopt);
  EXPECT_EQ(is_owned_by(with_everything(), Owner{}), std::nullopt);
}

TEST(OwnerKind, ReadsBackItsOwnWords) {
  using enum Owner::Kind;
  for (const auto kind : {container, compose, unit, exe}) EXPECT_EQ(parse_owner_kind(to_string(kind)), kind);
  for (const auto* text : {"", "none", "Unit", "pid"}) EXPECT_EQ(parse_owner_kind(text), std::nullopt);
}

TEST(DescribeHolder, SaysWhoAndWhere) {
  EXPECT_EQ(describe(listener("0.0.0.0:8080")), "nginx (pid 812, unit nginx.service, 0.0.0.0)");
  EXPECT_EQ(describe(with_everything()), "container keycloak (pid 812, unit java.service, *)");
}

TEST(DescribeHolder, SaysWhatItIsIfNobodyIsKnown) {
  EXPECT_EQ(describe(nameless("127.0.0.1:80")), "a listening socket (127.0.0.1)");
  EXPECT_EQ(describe(nameless("127.0.0.1:80", HolderState::bound)), "a bound socket (127.0.0.1)");
  auto someones = nameless("80");
  someones.user = "www-data";
  EXPECT_EQ(describe(someones), "a listening socket (user www-data, *)");
}

TEST(DescribeHolder, SaysWhenItOnlyPasses) {
  EXPECT_EQ(describe(tests::draining("80")), "a closing connection in TIME_WAIT (*, 42 s left)");
  EXPECT_EQ(describe(tests::connection("10.0.0.1:80")),
            "curl (pid 99, unit curl.service, an outgoing or accepted connection, 10.0.0.1, to 10.0.0.7:443)");
}

TEST(HolderWords, AreAllDifferent) {
  std::set<std::string_view> words;
  for (const auto source : {Source::registry, Source::socket, Source::container, Source::nat, Source::systemd,
                            Source::kernel, Source::browser}) {
    EXPECT_TRUE(words.insert(to_string(source)).second);
  }
  for (const auto state : {HolderState::listening, HolderState::bound, HolderState::connection, HolderState::draining,
                           HolderState::published, HolderState::configured, HolderState::declared}) {
    EXPECT_TRUE(words.insert(to_string(state)).second);
  }
  EXPECT_FALSE(words.contains(""));
}

TEST(HolderIndex, OfNobodyFindsNobody) {
  const std::vector<Holder> nobody;
  EXPECT_THAT(HolderIndex(nobody).overlapping(endpoint("1-65535/tcp+udp")), testing::IsEmpty());
}

TEST(HolderIndex, FindsRangesThatReachIn) {
  const std::vector<Holder> holders{listener("10000-20000/udp", "rtp"), listener("15000", "web")};
  const HolderIndex index(holders);
  EXPECT_THAT(index.overlapping(endpoint("15000/udp")), testing::ElementsAre(&holders[0]));
  EXPECT_THAT(index.overlapping(endpoint("20000/tcp+udp")), testing::ElementsAre(&holders[0]));
  EXPECT_THAT(index.overlapping(endpoint("20001-65535/tcp+udp")), testing::IsEmpty());
  EXPECT_THAT(index.overlapping(endpoint("1-65535/tcp+udp")), testing::ElementsAre(&holders[0], &holders[1]));
}

RC_GTEST_PROP(HolderIndexProperty, AgreesWithASearchThroughEverything, ()) {
  const auto holders = *rc::gen::container<std::vector<Holder>>(tests::any_holder());
  const HolderIndex index(holders);
  for (int count = 0; count < 20; ++count) {
    const auto endpoint = *tests::any_endpoint();
    std::vector<const Holder*> expected;
    for (const auto& holder : holders) {
      if (overlap(holder.endpoint, endpoint)) expected.push_back(&holder);
    }
    std::ranges::stable_sort(expected, {}, [](const Holder* holder) { return holder->endpoint.ports.first; });
    RC_ASSERT((index.overlapping(endpoint) == expected));
  }
}

TEST(NamedAfter, TheUnitTheContainerTheComposeProject) {
  EXPECT_TRUE(is_named_after(tests::listener("80", "nginx"), "nginx"));
  EXPECT_TRUE(is_named_after(tests::listener("80", "nginx"), "nginx/admin"));
  EXPECT_FALSE(is_named_after(tests::listener("80", "nginx"), "ngin"));
  EXPECT_FALSE(is_named_after(tests::nameless("80"), "nginx"));
  EXPECT_TRUE(is_named_after(tests::published("80", "web"), "web"));
  EXPECT_FALSE(is_named_after(tests::published("80", "web"), "blog"));
  auto part = tests::published("80", "blog-web-1");
  part.compose = Compose{"blog", "web"};
  EXPECT_TRUE(is_named_after(part, "blog"));
  EXPECT_TRUE(is_named_after(part, "blog/web"));
  EXPECT_FALSE(is_named_after(part, "blog/db"));
  EXPECT_FALSE(is_named_after(part, "web"));
}

// Half of the services of a server are python3 or node.
TEST(NamedAfter, AProcessProvesNothing) {
  auto python = tests::listener("80", "python3");
  python.unit.clear();
  EXPECT_FALSE(is_named_after(python, "python3"));
}

TEST(TakesWithoutSocket, AllButSocketsAndUnitsThatAreNotEnabled) {
  EXPECT_FALSE(takes_without_socket(tests::listener("80")));
  EXPECT_TRUE(takes_without_socket(tests::published("80", "web")));
  EXPECT_TRUE(takes_without_socket(tests::of_container("80", "web", HolderState::configured)));
  EXPECT_TRUE(takes_without_socket(tests::nat("80", ":8080")));
  EXPECT_TRUE(takes_without_socket(tests::declared("80", "web", true)));
  EXPECT_FALSE(takes_without_socket(tests::declared("80", "web", false)));
}

TEST(DescribeHolder, SaysWhatHasNoSocket) {
  EXPECT_EQ(describe(tests::published("8080", "web")), "container web (a published port, *)");
  EXPECT_EQ(describe(tests::of_container("8080", "web", HolderState::configured)),
            "container web (not running, a configured port, *)");
  EXPECT_EQ(describe(tests::nat("8080", "10.0.0.9:80")), "a NAT rule (a published port, *, to 10.0.0.9:80)");
  EXPECT_EQ(describe(tests::declared("8080", "web", true)),
            "socket unit web.socket (enabled, for web.service, a declared socket, *)");
}

}  // namespace
}  // namespace berth
