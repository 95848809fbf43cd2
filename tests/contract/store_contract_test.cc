// What every store promises (store/store.h), whatever it is made of.
#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "contract/memory_store.h"
#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/file_store.h"

namespace berth::store {

static bool operator==(const Entry& left, const Entry& right) {
  return left.allocation == right.allocation && left.owners_recorded == right.owners_recorded;
}

}  // namespace berth::store

namespace berth {
namespace {

using store::Change;
using store::Store;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using tests::author;
using tests::put;

// open(): another way to the same registry, as another process would have it.
class InMemory {
 public:
  std::shared_ptr<Store> open() { return store_; }

 private:
  std::shared_ptr<Store> store_ = std::make_shared<tests::MemoryStore>();
};

class InFile {
 public:
  std::shared_ptr<Store> open() { return std::make_shared<store::FileStore>(directory_ / "registry.json"); }

 private:
  tests::ScratchDirectory directory_;
};

template <typename Place>
class StoreContract : public testing::Test {
 protected:
  Place place_;
  std::shared_ptr<Store> store_ = place_.open();

  Registry latest() { return place_.open()->read().value(); }
};

using Places = testing::Types<InMemory, InFile>;
TYPED_TEST_SUITE(StoreContract, Places);

TYPED_TEST(StoreContract, WhatWasNeverWrittenIsEmpty) { EXPECT_EQ(this->store_->read().value(), Registry{}); }

TYPED_TEST(StoreContract, FindSaysOfAServiceWhatReadSays) {
  auto owned = tests::make_allocation("db", 5432);
  owned.owner = {Owner::Kind::unit, "postgresql.service"};
  EXPECT_EQ(this->store_->find("web").value(), store::Entry{});
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  EXPECT_EQ(this->store_->find("web").value(), (store::Entry{tests::make_allocation("web", 8080), false}));
  ASSERT_TRUE(this->store_->update(author, put(owned)));
  EXPECT_EQ(this->store_->find("web").value(), (store::Entry{tests::make_allocation("web", 8080), true}));
  EXPECT_EQ(this->store_->find("db").value(), (store::Entry{owned, true}));
  EXPECT_EQ(this->store_->find("d").value(), (store::Entry{std::nullopt, true}));
}

TYPED_TEST(StoreContract, UpdatePublishesWhatTheMutationMade) {
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  const auto registry = this->latest();
  ASSERT_NE(registry.find("web"), nullptr);
  EXPECT_EQ(*registry.find("web"), tests::make_allocation("web", 8080));
}

TYPED_TEST(StoreContract, TheMutationSeesTheLatestRegistry) {
  ASSERT_TRUE(this->place_.open()->update(author, put("web", 8080)));
  Registry seen;
  ASSERT_TRUE(this->store_->update(author, [&](Registry registry) {
    seen = registry;
    return tests::change_nothing(registry);
  }));
  EXPECT_EQ(seen, this->latest());
}

TYPED_TEST(StoreContract, EachCommitAddsOneToTheRevision) {
  EXPECT_EQ(this->store_->update(author, put("a", 1)).value(), 1U);
  EXPECT_EQ(this->store_->update(author, put("b", 2)).value(), 2U);
  EXPECT_EQ(this->latest().revision, 2U);
}

TYPED_TEST(StoreContract, TheRevisionIsTheStoresBusiness) {
  const auto meddle = [](Registry registry) -> std::expected<std::optional<Change>, Error> {
    registry.revision = 99;
    return Change{std::move(registry), {}};
  };
  EXPECT_EQ(this->store_->update(author, meddle).value(), 1U);
  EXPECT_EQ(this->latest().revision, 1U);
}

TYPED_TEST(StoreContract, NothingToDoWritesNothing) {
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  const auto before = this->latest();
  EXPECT_EQ(this->store_->update(author, tests::change_nothing).value(), 1U);
  EXPECT_EQ(this->latest(), before);
  EXPECT_EQ(this->store_->history("").value().size(), 1U);
}

TYPED_TEST(StoreContract, AnErrorOfTheMutationLeavesEverything) {
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  const auto before = this->latest();
  const auto refuse = [](const Registry&) -> std::expected<std::optional<Change>, Error> {
    return std::unexpected(Error{ErrorCode::taken, "no"});
  };
  const auto result = this->store_->update(author, refuse);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::taken);
  EXPECT_EQ(result.error().message, "no");
  EXPECT_EQ(this->latest(), before);
  EXPECT_EQ(this->store_->history("").value().size(), 1U);
}

TYPED_TEST(StoreContract, WhatWasErasedIsGone) {
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  ASSERT_TRUE(this->store_->update(author, tests::erase("web")));
  EXPECT_THAT(this->latest().allocations(), IsEmpty());
}

TYPED_TEST(StoreContract, EveryFieldSurvives) {
  auto allocation = tests::make_allocation("jitsi/media", 10000);
  allocation.endpoint = {Address::ipv4({127, 0, 0, 1}), Protocol::tcp_udp, {10000, 10100}};
  allocation.kind = Kind::fixed;
  allocation.preferred.reset();
  allocation.owner = {Owner::Kind::compose, "jitsi/jvb"};
  allocation.contest = Contest{{Owner::Kind::unit, "nginx.service"}, 812, 12345};
  allocation.unknown = {{"note", R"({"by":"hand"})"}};
  ASSERT_TRUE(this->store_->update(author, put(allocation)));
  const auto registry = this->latest();
  EXPECT_EQ(*registry.find("jitsi/media"), allocation);
}

TYPED_TEST(StoreContract, HistoryHasTheCommitsOldestFirst) {
  ASSERT_TRUE(this->store_->update({"ann", "register a 1"}, put("a", 1)));
  ASSERT_TRUE(this->store_->update({"ben", "register b 2"}, put("b", 2)));
  const auto commits = this->place_.open()->history("").value();
  ASSERT_EQ(commits.size(), 2U);
  EXPECT_EQ(commits[0].revision, 1U);
  EXPECT_EQ(commits[0].author.user, "ann");
  EXPECT_EQ(commits[1].revision, 2U);
  EXPECT_EQ(commits[1].author.command, "register b 2");
  EXPECT_FALSE(commits[1].time.empty());
}

TYPED_TEST(StoreContract, HistoryOfAServiceHasItsCommitsAlone) {
  ASSERT_TRUE(this->store_->update(author, put("a", 1)));
  ASSERT_TRUE(this->store_->update(author, put("b", 2)));
  ASSERT_TRUE(this->store_->update(author, put("a", 3)));
  const auto revision = [](std::uint64_t number) { return Field(&store::Commit::revision, number); };
  EXPECT_THAT(this->store_->history("a").value(), ElementsAre(revision(1), revision(3)));
  EXPECT_THAT(this->store_->history("c").value(), IsEmpty());
}

TYPED_TEST(StoreContract, HistoryTellsBothSidesAndTheDecision) {
  ASSERT_TRUE(this->store_->update(author, put("web", 8080)));
  const auto move = [](Registry registry) -> std::expected<std::optional<Change>, Error> {
    auto record = store::Record{.before = *registry.find("web"), .after = {}};
    record.after = tests::make_allocation("web", 8082);
    record.choice = Choice::moved;
    record.skipped = {{{8080, 8080}, Verdict::held, {{Source::socket, "held by nginx (pid 812)"}}},
                      {{8081, 8089}, std::nullopt, {{Source::browser, "browsers refuse it"}}}};
    registry.put(*record.after);
    return Change{std::move(registry), {std::move(record)}};
  };
  ASSERT_TRUE(this->store_->update(author, move));
  const auto commits = this->store_->history("web").value();
  ASSERT_EQ(commits.size(), 2U);
  const auto& record = commits[1].records.at(0);
  EXPECT_EQ(record.before, tests::make_allocation("web", 8080));
  EXPECT_EQ(record.after, tests::make_allocation("web", 8082));
  EXPECT_EQ(record.choice, Choice::moved);
  ASSERT_EQ(record.skipped.size(), 2U);
  EXPECT_EQ(record.skipped[0], (Skip{{8080, 8080}, Verdict::held, {{Source::socket, "held by nginx (pid 812)"}}}));
  EXPECT_EQ(record.skipped[1], (Skip{{8081, 8089}, std::nullopt, {{Source::browser, "browsers refuse it"}}}));
}

TYPED_TEST(StoreContract, ConcurrentWritersLoseNothing) {
  constexpr int writers = 8;
  constexpr int commits = 12;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&, writer] {
        const auto store = this->place_.open();
        for (int commit = 0; commit < commits; ++commit) {
          const auto number = static_cast<Port>(1 + writer * commits + commit);
          if (!store->update(author, put("s" + std::to_string(number), number))) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(this->latest().allocations().size(), std::size_t{writers * commits});
  EXPECT_EQ(this->latest().revision, std::uint64_t{writers * commits});
  EXPECT_EQ(this->store_->history("").value().size(), std::size_t{writers * commits});
}

// Two services that every commit gives the same port: who sees them differ has seen half a commit.
TYPED_TEST(StoreContract, ReadersSeeWholeRegistriesWhileWritersWrite) {
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::atomic<int> reads = 0;
  std::jthread reader([&] {
    const auto store = this->place_.open();
    while (!done || reads == 0) {
      const auto registry = store->read();
      ++reads;
      if (!registry) {
        ++torn;
      } else if (registry->revision > 0) {
        const auto* left = registry->find("left");
        const auto* right = registry->find("right");
        if (left == nullptr || right == nullptr || left->endpoint != right->endpoint) ++torn;
      }
    }
  });
  for (Port port = 1; port <= 200; ++port) {
    const auto both = [port](Registry registry) -> std::expected<std::optional<Change>, Error> {
      registry.put(tests::make_allocation("left", port));
      registry.put(tests::make_allocation("right", port));
      return Change{std::move(registry), {}};
    };
    EXPECT_TRUE(this->store_->update(author, both));
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TYPED_TEST(StoreContract, TellsEveryRevisionThatThereWas) {
  std::vector<Registry> life{this->latest()};
  for (const auto& mutation : {put("a", 1), put("b", 2), put("a", 3), tests::erase("b")}) {
    this->store_->update(author, mutation).value();
    life.push_back(this->latest());
  }
  for (const auto& each : life) EXPECT_EQ(this->store_->at(each.revision).value().registry, each);
  EXPECT_EQ(this->store_->at(life.size()).error().code, ErrorCode::negative);
}

TYPED_TEST(StoreContract, KeepsTheRegistryOfBeforeTheLastCommit) {
  EXPECT_EQ(this->store_->previous().error().code, ErrorCode::negative);
  this->store_->update(author, put("a", 1)).value();
  EXPECT_EQ(this->store_->previous().error().code, ErrorCode::negative);
  const auto before = this->latest();
  this->store_->update(author, put("b", 2)).value();
  EXPECT_EQ(this->store_->previous().value(), before);
}

TYPED_TEST(StoreContract, RecoverOfWhatIsNotLostIsAnUpdate) {
  this->store_->update(author, put("a", 1)).value();
  EXPECT_FALSE(this->store_->last_known().value().is_rebuilt);
  EXPECT_EQ(this->store_->last_known().value().registry, this->latest());
  EXPECT_EQ(this->store_->recover(author, put("b", 2)).value(), 2U);
  EXPECT_EQ(this->store_->history("").value().size(), 2U);
}

TYPED_TEST(StoreContract, HasAName) { EXPECT_FALSE(this->store_->name().empty()); }

}  // namespace
}  // namespace berth
