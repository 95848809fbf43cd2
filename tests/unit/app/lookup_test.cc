#include "app/lookup.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/app/world.h"

namespace berth::app {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using tests::allocation;
using tests::listener;
using tests::owned;
using tests::registry;
using tests::unit;
using tests::World;

using Rows = std::vector<std::pair<std::string, State>>;

Rows rows_of(World& world, const std::vector<std::string>& services = {}) {
  const auto listing = list_allocations(world.context(), services).value();
  Rows rows;
  for (const auto& row : listing.rows) rows.emplace_back(row.allocation->service, row.state);
  return rows;
}

TEST(Get, FindsTheAllocationOfAService) {
  World world(registry({allocation("web", "8080")}));
  EXPECT_EQ(find_allocation(world.context(), "web").value(), allocation("web", "8080"));
  EXPECT_EQ(find_allocation(world.context(), "we").value(), std::nullopt);
  EXPECT_EQ(find_allocation(world.context(), "").value(), std::nullopt);
}

TEST(Get, LooksAtNothingElse) {
  World world(registry({allocation("web", "8080")}));
  find_allocation(world.context(), "web").value();
  EXPECT_THAT(world.machine.questions, IsEmpty());
  EXPECT_THAT(world.machine.scene.probed, IsEmpty());
  EXPECT_EQ(world.store.updates, 0);
}

TEST(List, HasEveryAllocationWithItsState) {
  World world(registry({allocation("a", "80"), allocation("b", "81"), allocation("c", "82"), allocation("d", "82")}));
  world.machine.scene.holders = {listener("80")};
  EXPECT_THAT(rows_of(world), ElementsAre(Pair("a", State::listening), Pair("b", State::idle),
                                          Pair("c", State::conflict), Pair("d", State::conflict)));
}

TEST(List, LooksOnlyWhereServicesAre) {
  World world(registry({allocation("a", "127.0.0.1:53/udp"), allocation("b", "[::1]:8080"), allocation("c", "90-99")}));
  rows_of(world);
  ASSERT_EQ(world.machine.questions.size(), 1U);
  EXPECT_EQ(world.machine.questions[0].about, tests::endpoint("53-8080/tcp+udp"));
}

TEST(List, OfSomeServicesIsInTheRegistrysOrder) {
  World world(registry({allocation("a", "80"), allocation("b", "81"), allocation("c", "82")}));
  world.machine.scene.holders = {listener("82")};
  EXPECT_THAT(rows_of(world, {"c", "a"}), ElementsAre(Pair("a", State::idle), Pair("c", State::listening)));
}

TEST(List, OfOneServiceSeesTheConflictWithAnother) {
  World world(registry({allocation("a", "80"), allocation("b", "80")}));
  EXPECT_THAT(rows_of(world, {"a"}), ElementsAre(Pair("a", State::conflict)));
}

TEST(List, OfNobodyIsAnErrorWithASuggestion) {
  World world(registry({allocation("keycloak", "80")}));
  const std::vector<std::string> names{"keycloack"};
  const auto error = list_allocations(world.context(), names).error();
  EXPECT_EQ(error.code, ErrorCode::negative);
  EXPECT_EQ(error.message, "service 'keycloack' is not registered");
  EXPECT_EQ(error.hint, "did you mean keycloak?");
}

TEST(List, OfAnEmptyRegistryNeedsNoLookAtTheMachine) {
  World world;
  EXPECT_THAT(rows_of(world), IsEmpty());
  EXPECT_THAT(world.machine.questions, IsEmpty());
}

TEST(List, AsksForOwnersOnlyWhereTheyMatter) {
  World plain(registry({allocation("web", "80")}));
  rows_of(plain);
  EXPECT_FALSE(plain.machine.was_asked_for_owners());
  World with_owner(registry({owned(allocation("web", "80"), unit("nginx.service"))}));
  with_owner.machine.scene.holders = {listener("80", "caddy")};
  EXPECT_THAT(rows_of(with_owner), ElementsAre(Pair("web", State::drift)));
}

TEST(List, SaysWhatCouldNotBeSeen) {
  World world(registry({allocation("web", "80")}));
  world.machine.blind_spots = {{"socket", "not permitted"}};
  EXPECT_THAT(rows_of(world), ElementsAre(Pair("web", State::unknown)));
  EXPECT_THAT(list_allocations(world.context(), {})->blind_spots, ElementsAre(BlindSpot{"socket", "not permitted"}));
}

TEST(List, ShowsAContestAsAConflictUntilItIsOver) {
  World world(registry({}));
  auto web = allocation("web", "80", Kind::fixed);
  web.contest = Contest{unit("nginx.service"), 812, 1812};
  tests::put(world.store, web);
  auto bound = listener("80", "nginx");
  bound.state = HolderState::bound;
  for (const auto& holder : {listener("80", "nginx"), bound}) {
    world.machine.scene.holders = {holder};
    EXPECT_THAT(rows_of(world), ElementsAre(Pair("web", State::conflict)));
  }
  world.machine.scene.holders = {listener("80", "web", 900)};
  EXPECT_THAT(rows_of(world), ElementsAre(Pair("web", State::listening)));
}

TEST(NotRegistered, SuggestsNothingFarFetched) {
  const auto error = not_registered("web", registry({allocation("postgres", "5432")}));
  EXPECT_EQ(error.hint, "");
}

TEST(NotRegistered, ForeignNamesAreEscaped) {
  EXPECT_THAT(not_registered("a\x1b[2J", {}).message, HasSubstr("'a\\x1b[2J'"));
  EXPECT_THAT(not_registered("ab\x1b", registry({allocation("ab\x1b"
                                                            "c",
                                                            "80")}))
                  .hint,
              HasSubstr("ab\\x1bc"));
}

}  // namespace
}  // namespace berth::app
