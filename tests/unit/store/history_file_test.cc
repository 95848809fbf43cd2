// The history is bounded, and what it costs to keep it so.
#include "store/history_file.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/file_store.h"
#include "store/history.h"
#include "unit/store/faulty_files.h"

namespace berth::store {
namespace {

using tests::author;
using tests::put;
using tests::read_text;
using tests::write_text;

class HistoryFile : public testing::Test {
 protected:
  std::expected<void, system::Error> prune(std::uint64_t revision, const HistoryBound& bound) {
    system::KernelFiles files;
    return prune_history(files, path_, revision, bound);
  }
  std::string pruned(const std::string& text, const HistoryBound& bound) {
    write_text(path_, text);
    EXPECT_TRUE(prune(1, bound));
    return read_text(path_);
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "a.history.jsonl";
};

constexpr std::size_t much = 1000;

TEST_F(HistoryFile, OfManyLinesKeepsTheLast) {
  EXPECT_EQ(pruned("1\n2\n3\n4\n", {.commits = 2, .bytes = much, .every = 1}), "3\n4\n");
  EXPECT_EQ(pruned("1\n2\n3\n4\n", {.commits = 4, .bytes = much, .every = 1}), "1\n2\n3\n4\n");
  EXPECT_EQ(pruned("1\n2\n3\n4\n", {.commits = 5, .bytes = much, .every = 1}), "1\n2\n3\n4\n");
  EXPECT_EQ(pruned("", {.commits = 1, .bytes = much, .every = 1}), "");
}

TEST_F(HistoryFile, OfLargeLinesKeepsWholeOnes) {
  EXPECT_EQ(pruned("1111\n2222\n3333\n", {.commits = 9, .bytes = 12, .every = 1}), "2222\n3333\n");
  EXPECT_EQ(pruned("1111\n2222\n3333\n", {.commits = 1, .bytes = 12, .every = 1}), "3333\n");
}

TEST_F(HistoryFile, KeepsATornEndAsItIs) {
  EXPECT_EQ(pruned("1\n2\n3\nto", {.commits = 2, .bytes = much, .every = 1}), "2\n3\nto");
}

TEST_F(HistoryFile, LeavesItsOtherNamesAlone) {
  system::KernelFiles files;
  const auto other = directory_ / "backup";
  write_text(path_, "1\n2\nto");
  std::filesystem::permissions(path_, std::filesystem::perms(0640));
  std::filesystem::create_hard_link(path_, other);
  ASSERT_TRUE(leave_other_names(files, path_));
  EXPECT_EQ(read_text(path_), "1\n2\nto");
  EXPECT_EQ(std::filesystem::hard_link_count(other), 1U);
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0640));
}

TEST_F(HistoryFile, WithAnotherNameIsWrittenUnderItsOwnAlone) {
  FileStore store(directory_ / "a.json");
  ASSERT_TRUE(store.update(author, put("web", 8080)));
  const auto other = directory_ / "backup";
  std::filesystem::create_hard_link(path_, other);
  const auto before = read_text(other);
  ASSERT_TRUE(store.update(author, put("web", 8081)));
  EXPECT_EQ(read_text(other), before);
  EXPECT_EQ(store.history("").value().size(), 2U);
}

TEST_F(HistoryFile, KeepsModeAndOwner) {
  write_text(path_, "1\n2\n");
  std::filesystem::permissions(path_, std::filesystem::perms(0640));
  ASSERT_TRUE(prune(1, {.commits = 1, .bytes = much, .every = 1}));
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0640));
}

TEST_F(HistoryFile, IsLeftAloneMostOfTheTime) {
  write_text(path_, "1\n2\n3\n");
  for (std::uint64_t revision = 1; revision < 5; ++revision) {
    ASSERT_TRUE(prune(revision, {.commits = 1, .bytes = much, .every = 5}));
    EXPECT_EQ(read_text(path_), "1\n2\n3\n");
  }
  ASSERT_TRUE(prune(5, {.commits = 1, .bytes = much, .every = 5}));
  EXPECT_EQ(read_text(path_), "3\n");
}

TEST_F(HistoryFile, ThatIsNotThereIsNothing) {
  EXPECT_TRUE(prune(1, {.commits = 1, .bytes = much, .every = 1}));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(read_history(path_).value(), "");
}

// Two gigabytes that take no room on the disk, and a history at their end.
TEST_F(HistoryFile, OfTwoGigabytesIsReadFromItsEnd) {
  const auto line = format_commit({7, "2026-11-22T18:00:00Z", author, {{{}, tests::make_allocation("web", 1)}}});
  write_text(path_, "");
  std::filesystem::resize_file(path_, std::uintmax_t{2} << 30U);
  std::ofstream(path_, std::ios::app) << "\n" << line;
  EXPECT_EQ(read_history(path_).value(), line);
  ASSERT_TRUE(prune(250, {}));
  EXPECT_EQ(read_text(path_), line);
}

TEST_F(HistoryFile, ThatCannotBeCutIsNoReasonToFail) {
  const auto registry = directory_ / "a.json";
  // A directory where the temporary file would be.
  std::filesystem::create_directories(path_ + ".tmp/x");
  FileStore store(registry, {.history = {.commits = 1, .bytes = much, .every = 1}});
  EXPECT_EQ(store.update(author, put("a", 1)).value(), 1U);
  EXPECT_EQ(store.update(author, put("a", 2)).value(), 2U);
  EXPECT_EQ(store.history("").value().size(), 2U);
}

TEST_F(HistoryFile, IsWhatCanBeGoneBackTo) {
  FileStore store(directory_ / "a.json", {.history = {.commits = 3, .bytes = much * much, .every = 2}});
  for (Port port = 1; port <= 8; ++port) ASSERT_TRUE(store.update(author, put("a", port)));
  EXPECT_EQ(store.history("").value().size(), 3U);
  EXPECT_EQ(store.at(5).value().registry.find("a")->endpoint.ports.first, 5);
  EXPECT_EQ(store.at(4).error().code, ErrorCode::negative);
}

// 10,000 times registered and released: nothing grows.
TEST_F(HistoryFile, TenThousandCyclesLeaveTheSizesConstant) {
  tests::UnsyncedFiles files;
  FileStore store(directory_ / "a.json", {.now = [] { return "2026-11-22T18:00:00Z"; }, .files = &files});
  ASSERT_TRUE(store.update(author, put("always", 80)));
  const auto sizes = [&] {
    std::map<std::string, std::uintmax_t> found;
    for (const auto& name : directory_.names()) found[name] = std::filesystem::file_size(directory_ / name);
    return found;
  };
  std::uintmax_t largest_history = 0;
  std::map<std::string, std::uintmax_t> after_1000;
  for (int cycle = 1; cycle <= 10000; ++cycle) {
    ASSERT_TRUE(store.update(author, put("web", 8080)));
    ASSERT_TRUE(store.update(author, tests::erase("web")));
    if (cycle == 1000) after_1000 = sizes();
    if (cycle % 25 == 0) largest_history = std::max(largest_history, std::filesystem::file_size(path_));
  }
  EXPECT_EQ(store.read().value().revision, 20001U);
  const auto at_the_end = sizes();
  EXPECT_THAT(directory_.names(), testing::ElementsAre("a.history.jsonl", "a.json", "a.json.lock", "a.json.previous"));
  // But for the digits of the revision.
  EXPECT_LE(at_the_end.at("a.json"), after_1000.at("a.json") + 1);
  const auto lines = static_cast<std::size_t>(std::ranges::count(read_text(path_), '\n'));
  EXPECT_GE(lines, 1000U);
  EXPECT_LE(lines, 1250U);
  EXPECT_LE(largest_history, 1300 * (at_the_end.at("a.history.jsonl") / lines));
  EXPECT_EQ(store.history("").value().size(), lines);
}

}  // namespace
}  // namespace berth::store
