// The power is cut before and in the middle of every operation of a commit: whatever is found afterwards, the registry
// is the old one or the new one, an acknowledged commit is there, and the next command works.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/file_store.h"
#include "unit/store/faulty_files.h"
#include "unit/store/fragile_disk.h"

namespace berth::store {
namespace {

using tests::author;
using tests::FragileDisk;
using tests::put;
using tests::read_text;

// What is there before the commit.
enum class Before { nothing, old_format, registry, long_history, broken };

std::string name_of(const testing::TestParamInfo<Before>& parameter) {
  constexpr const char* names[] = {"Nothing", "OldFormat", "Registry", "LongHistory", "Broken"};
  return names[static_cast<int>(parameter.param)];
}

// Cut after each commit, but for what three can do.
constexpr HistoryBound short_history{.commits = 3, .bytes = 1U << 20U, .every = 1};

class PowerCut : public testing::TestWithParam<Before> {
 protected:
  static int cuts;
  static int found;
  static int faults;

  static void TearDownTestSuite() {
    std::printf("power cuts: %d, of these laid out and read: %d, operations failed before: %d\n", cuts, found, faults);
  }

  struct Machine {
    tests::ScratchDirectory directory;
    std::string path = directory / "registry.json";
    FragileDisk disk{directory.path()};
    FileStore store = open();
    // What was acknowledged.
    Registry acknowledged;

    FileStore open() {
      const bool is_short = GetParam() == Before::long_history;
      return FileStore(path, {.history = is_short ? short_history : HistoryBound{}, .files = &disk});
    }

    void prepare() {
      disk.work();
      if (GetParam() == Before::old_format) {
        tests::write_text(path, "{\"web\": 8080}");
        disk.adopt(path);
      }
      const int commits = GetParam() == Before::long_history ? 6 : 2;
      const bool has_registry = GetParam() != Before::nothing && GetParam() != Before::old_format;
      for (int commit = 0; has_registry && commit < commits; ++commit) {
        ASSERT_TRUE(store.update(author, put("web", static_cast<Port>(8000 + commit))));
      }
      acknowledged = store.read().value();
      if (GetParam() == Before::broken) {
        tests::write_text(path, "{\"schema\": 1, \"rev");
        disk.adopt(path);
      }
    }

    bool commit(const std::string& service) {
      const auto done = GetParam() == Before::broken ? store.recover(author, put(service, 5432))
                                                     : store.update(author, put(service, 5432));
      if (done) acknowledged = store.read().value();
      return done.has_value();
    }
  };

  // Every state that may be found now is a good one. `tried`: the service of the commit that was not acknowledged.
  static void expect_good(const Machine& machine, const std::string& tried) {
    ++cuts;
    for (const auto& state : machine.disk.states()) {
      SCOPED_TRACE(std::to_string(state.names) + " names, bytes " + std::to_string(static_cast<int>(state.bytes)));
      ++found;
      const tests::ScratchDirectory directory;
      machine.disk.lay_out(state, directory.path());
      tests::UnsyncedFiles files;
      FileStore store(directory / "registry.json", {.files = &files});
      expect_old_or_new(store, machine, tried);
      expect_next_works(store, directory);
      if (HasFailure()) return;
    }
  }

  static void expect_old_or_new(FileStore& store, const Machine& machine, const std::string& tried) {
    const auto& old = machine.acknowledged;
    auto registry = store.read();
    if (!registry && GetParam() == Before::broken) {
      // It was broken before, and what is known of it is known still.
      auto known = store.last_known();
      ASSERT_TRUE(known) << known.error().message;
      registry = std::move(known->registry);
    }
    ASSERT_TRUE(registry) << registry.error().message;
    const bool is_new = registry->revision != old.revision;
    if (is_new) {
      EXPECT_EQ(registry->revision, old.revision + 1);
      EXPECT_TRUE(registry->erase(tried));
      registry->revision = old.revision;
    }
    EXPECT_EQ(*registry, old);
  }

  static void expect_next_works(FileStore& store, const tests::ScratchDirectory& directory) {
    const auto next = store.recover(author, put("next", 9));
    ASSERT_TRUE(next) << next.error().message;
    const auto commits = store.history("").value();
    // No gap, and no line too many.
    for (std::size_t index = 0; index < commits.size(); ++index) {
      EXPECT_EQ(commits[index].revision, *next + 1 + index - commits.size());
    }
    EXPECT_GE(commits.size(), std::min<std::uint64_t>(*next, 3));
    EXPECT_FALSE(std::filesystem::exists(directory / "registry.json.tmp"));
  }
};

int PowerCut::cuts = 0;
int PowerCut::found = 0;
int PowerCut::faults = 0;

TEST_P(PowerCut, AtAnyOperation) {
  for (int at = 0;; ++at) {
    SCOPED_TRACE("cut at operation " + std::to_string(at));
    Machine machine;
    machine.prepare();
    machine.disk.break_at(at, 0);
    const bool done = machine.commit("db");
    const bool was_cut = machine.disk.is_dead();
    // What comes after the commit, as cutting the history, is not what it is told by.
    EXPECT_TRUE(done || was_cut);
    machine.disk.cut();
    expect_good(machine, "db");
    if (HasFailure() || !was_cut) return;
  }
}

// An fsync that fails may have dropped what it should have written: the next one succeeds without it.
TEST_P(PowerCut, AfterACommitThatFollowsAFailureOfAnyOperation) {
  for (int at = 0;; ++at) {
    SCOPED_TRACE("operation " + std::to_string(at) + " fails");
    Machine machine;
    machine.prepare();
    machine.disk.break_at(at, EIO);
    machine.commit("db");
    const bool was_broken = machine.disk.was_broken();
    if (was_broken) ++faults;
    machine.disk.work();
    EXPECT_TRUE(machine.commit("later"));
    EXPECT_NE(machine.acknowledged.find("later"), nullptr);
    machine.disk.cut();
    expect_good(machine, "nothing");
    if (HasFailure() || !was_broken) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Before, PowerCut,
                         testing::Values(Before::nothing, Before::old_format, Before::registry, Before::long_history,
                                         Before::broken),
                         name_of);

}  // namespace
}  // namespace berth::store
