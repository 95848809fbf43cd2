#include "store/rebuild.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "contract/mutations.h"
#include "store/history.h"
#include "unit/store/random_registry.h"

namespace berth::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::make_allocation;

Commit commit(std::uint64_t revision, std::vector<Record> records) {
  return {revision, "2026-11-22T18:00:00Z", tests::author, std::move(records)};
}

Registry at(std::uint64_t revision, std::vector<Allocation> allocations) {
  Registry made;
  made.revision = revision;
  for (auto& allocation : allocations) made.put(std::move(allocation));
  return made;
}

// A life of three commits.
const auto web = make_allocation("web", 80);
const auto moved_web = make_allocation("web", 81);
const auto api = make_allocation("api", 90);
const std::vector<Commit> commits{commit(1, {Record{{}, web}}), commit(2, {Record{web, moved_web}, Record{{}, api}}),
                                  commit(3, {Record{moved_web, {}}})};
const Registry latest = at(3, {api});

TEST(GoBack, FindsEveryRevision) {
  EXPECT_EQ(go_back(latest, commits, 3).value().registry, latest);
  EXPECT_EQ(go_back(latest, commits, 2).value().registry, at(2, {moved_web, api}));
  EXPECT_EQ(go_back(latest, commits, 1).value().registry, at(1, {web}));
  EXPECT_EQ(go_back(latest, commits, 0).value().registry, at(0, {}));
}

TEST(GoBack, KeepsWhatWasThereBeforeTheHistory) {
  const auto old = make_allocation("old", 70);
  EXPECT_EQ(go_back(at(3, {api, old}), commits, 0).value().registry, at(0, {old}));
}

TEST(GoBack, NamesWhatAnEditorChanged) {
  EXPECT_THAT(go_back(latest, commits, 0).value().edited, IsEmpty());
  const auto edited = at(3, {make_allocation("api", 99)});
  EXPECT_THAT(go_back(edited, commits, 1).value().edited, ElementsAre("api"));
  EXPECT_EQ(go_back(edited, commits, 1).value().registry, at(1, {web}));
}

TEST(GoBack, RefusesWhatIsStillToCome) {
  const auto error = go_back(latest, commits, 4).error();
  EXPECT_EQ(error.code, ErrorCode::negative);
  EXPECT_EQ(error.message, "there is no revision 4: the latest is 3");
}

TEST(GoBack, RefusesWhatTheHistoryHasNoMore) {
  const std::vector<Commit> kept(commits.begin() + 1, commits.end());
  EXPECT_TRUE(go_back(latest, kept, 1));
  const auto error = go_back(latest, kept, 0).error();
  EXPECT_EQ(error.code, ErrorCode::negative);
  EXPECT_THAT(error.message, HasSubstr("does not reach back to revision 0: it has no revision 1"));
}

TEST(GoBack, RefusesAHistoryWithAGap) {
  const std::vector<Commit> gap{commits[0], commits[2]};
  EXPECT_TRUE(go_back(latest, gap, 2));
  EXPECT_THAT(go_back(latest, gap, 1).error().message, HasSubstr("it has no revision 2"));
  EXPECT_FALSE(go_back(latest, {}, 2));
}

TEST(GoOn, MakesWhatFollowsAgain) {
  EXPECT_EQ(go_on({}, commits), latest);
  EXPECT_EQ(go_on(at(1, {web}), commits), latest);
  EXPECT_EQ(go_on(latest, commits), latest);
}

TEST(GoOn, StopsAtAGap) { EXPECT_EQ(go_on({}, {commits[0], commits[2]}), at(1, {web})); }

// Through the text of the history, whatever names and fields there are.
RC_GTEST_PROP(GoBack, ComesBackFromAnyLifeThroughItsHistory, ()) {
  std::vector<Registry> life{{}};
  std::string text;
  const int length = *rc::gen::inRange(1, 12);
  for (int step = 0; step < length; ++step) {
    Registry next = life.back();
    ++next.revision;
    Commit made = commit(next.revision, {});
    const Registry added = *tests::any_registry();
    for (const auto& [service, allocation] : added.allocations()) {
      const auto* before = next.find(service);
      made.records.push_back({before ? std::optional(*before) : std::nullopt, allocation});
      next.put(allocation);
    }
    if (!next.allocations().empty() && *rc::gen::arbitrary<bool>()) {
      const auto gone = next.allocations().begin()->second;
      made.records.push_back({gone, std::nullopt});
      next.erase(gone.service);
    }
    text += format_commit(made);
    life.push_back(std::move(next));
  }
  const auto history = read_commits(text, life.back().revision, "");
  for (const auto& each : life) {
    const auto past = go_back(life.back(), history, each.revision);
    RC_ASSERT(past.has_value());
    RC_ASSERT(past->registry == each);
    RC_ASSERT(past->edited.empty());
    RC_ASSERT(go_on(each, history) == life.back());
  }
}

}  // namespace
}  // namespace berth::store
