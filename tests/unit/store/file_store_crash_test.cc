// Every operation of a commit, failed and cut off one by one: readers see the old registry or the new one, whole, and
// the next commit goes well.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/codec.h"
#include "store/file_store.h"
#include "unit/store/faulty_files.h"

namespace berth::store {
namespace {

using tests::author;
using tests::put;
using tests::read_text;

// What is there before the commit that goes wrong.
enum class Before { nothing, old_format, registry };

constexpr const char* old_text = "{\"web\": 8080}";

class FileStoreCrash : public testing::TestWithParam<Before> {
 protected:
  // A directory of its own for each operation.
  struct Site {
    tests::ScratchDirectory directory;
    std::string path = directory / "registry.json";
    FileStore store{path};
  };

  static int faults;
  static int deaths;

  static void TearDownTestSuite() { std::printf("operations failed: %d, processes killed: %d\n", faults, deaths); }

  static void prepare(Site& site) {
    if (GetParam() == Before::old_format) tests::write_text(site.path, old_text);
    if (GetParam() != Before::registry) return;
    ASSERT_TRUE(site.store.update(author, put("web", 8079)));
    ASSERT_TRUE(site.store.update(author, put("web", 8080)));
  }

  // The registry is `before` or what commit() makes of it, and history and way back fit it.
  static void expect_whole(Site& site, const Registry& before) {
    const auto registry = site.store.read();
    ASSERT_TRUE(registry) << registry.error().message;
    if (registry->revision == before.revision) {
      EXPECT_EQ(*registry, before);
    } else {
      EXPECT_EQ(registry->revision, before.revision + 1);
      EXPECT_NE(registry->find("db"), nullptr);
    }
    const auto commits = site.store.history("");
    ASSERT_TRUE(commits);
    EXPECT_EQ(commits->size(), registry->revision);
    const auto previous = read_text(site.path + ".previous");
    EXPECT_TRUE(previous.empty() || parse_registry(previous, "previous"));
  }

  static void expect_next_commit_works(Site& site) {
    const auto before = site.store.read().value();
    const auto text_before = read_text(site.path);
    const auto result = site.store.update(author, put("next", 9));
    ASSERT_TRUE(result) << result.error().message;
    const auto registry = site.store.read().value();
    EXPECT_EQ(registry.revision, before.revision + 1);
    EXPECT_EQ(registry.allocations().size(), before.allocations().size() + 1);
    EXPECT_EQ(site.store.history("").value().size(), registry.revision);
    EXPECT_EQ(read_text(site.path + ".previous"), text_before);
    const auto history = read_text(site.directory / "registry.history.jsonl");
    EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(history, '\n')), registry.revision);
    EXPECT_FALSE(std::filesystem::exists(site.path + ".tmp"));
    if (GetParam() == Before::old_format) {
      EXPECT_EQ(read_text(site.path + ".old"), old_text);
    }
  }
};

int FileStoreCrash::faults = 0;
int FileStoreCrash::deaths = 0;

TEST_P(FileStoreCrash, AFailureOfAnyOperationLeavesTheOldRegistryOrTheNew) {
  for (const int code : {EIO, ENOSPC, EROFS, EDQUOT, EINTR, EACCES}) {
    for (int at = 0;; ++at) {
      SCOPED_TRACE("operation " + std::to_string(at) + " fails with " + std::to_string(code));
      Site site;
      prepare(site);
      const auto before = site.store.read().value();
      tests::FailingFiles files(at, code);
      const auto result = FileStore(site.path, {.files = &files}).update(author, put("db", 5432));
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::not_writable) << result.error().message;
        EXPECT_FALSE(std::filesystem::exists(site.path + ".tmp"));
      }
      expect_whole(site, before);
      expect_next_commit_works(site);
      if (HasFailure()) return;
      if (files.operations() <= at) break;  // it never came to that operation
      ++faults;
    }
  }
}

TEST_P(FileStoreCrash, AShortWriteIsNoFailure) {
  for (int at = 0;; ++at) {
    SCOPED_TRACE("operation " + std::to_string(at) + " is half done");
    Site site;
    prepare(site);
    const auto before = site.store.read().value();
    tests::ShortFiles files(at);
    const auto result = FileStore(site.path, {.files = &files}).update(author, put("db", 5432));
    ASSERT_EQ(result.value_or(0), before.revision + 1);
    expect_whole(site, before);
    expect_next_commit_works(site);
    if (HasFailure() || files.operations() <= at) return;
    ++faults;
  }
}

TEST_P(FileStoreCrash, ADeathAtAnyOperationLeavesTheOldRegistryOrTheNew) {
  for (int at = 0;; ++at) {
    SCOPED_TRACE("dies at operation " + std::to_string(at));
    Site site;
    prepare(site);
    const auto before = site.store.read().value();
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      tests::DyingFiles files(at);
      ::_exit(FileStore(site.path, {.files = &files}).update(author, put("db", 5432)) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    expect_whole(site, before);
    expect_next_commit_works(site);
    if (HasFailure()) return;
    if (!WIFSIGNALED(status)) {  // it never came to that operation
      EXPECT_EQ(WEXITSTATUS(status), 0);
      break;
    }
    ++deaths;
  }
}

std::string name_of(const testing::TestParamInfo<Before>& parameter) {
  constexpr const char* names[] = {"Nothing", "OldFormat", "Registry"};
  return names[static_cast<int>(parameter.param)];
}

INSTANTIATE_TEST_SUITE_P(Before, FileStoreCrash, testing::Values(Before::nothing, Before::old_format, Before::registry),
                         name_of);

}  // namespace
}  // namespace berth::store
