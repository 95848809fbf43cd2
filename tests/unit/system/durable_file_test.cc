#include "system/durable_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "scratch_directory.h"
#include "system/read_file.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::read_text;
using tests::write_text;

class DurableFile : public testing::Test {
 protected:
  FileStatus status() { return read_file(path_).value().value().status; }
  std::expected<Replacement, Error> write(std::string_view text, const std::optional<FileStatus>& like = {}) {
    auto replacement = Replacement::begin(files_, path_, like);
    if (!replacement) return replacement;
    const auto half = text.size() / 2;
    auto written = replacement->write(text.substr(0, half));
    if (written) written = replacement->write(text.substr(half));
    if (!written) return std::unexpected(written.error());
    return replacement;
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "file";
  KernelFiles files_;
};

TEST_F(DurableFile, NothingIsSeenUntilItIsPublished) {
  write_text(path_, "old");
  auto replacement = write("new").value();
  ASSERT_TRUE(replacement.sync());
  EXPECT_EQ(read_text(path_), "old");
  EXPECT_FALSE(replacement.is_published());
  ASSERT_TRUE(replacement.publish());
  EXPECT_EQ(read_text(path_), "new");
  EXPECT_TRUE(replacement.is_published());
  EXPECT_THAT(directory_.names(), ElementsAre("file"));
}

TEST_F(DurableFile, WhatIsNotPublishedIsRemoved) {
  {
    const auto replacement = write("new");
  }
  EXPECT_THAT(directory_.names(), ElementsAre());
}

TEST_F(DurableFile, WhoWasMovedFromRemovesNothing) {
  auto replacement = write("new").value();
  {
    const auto moved = std::move(replacement);
  }
  EXPECT_THAT(directory_.names(), ElementsAre());
  auto second = write("new").value();
  auto moved = std::move(second);
  ASSERT_TRUE(moved.publish());
  EXPECT_EQ(read_text(path_), "new");
}

TEST_F(DurableFile, ALeftoverIsReplacedAndALinkNotFollowed) {
  write_text(directory_ / "precious", "precious");
  std::filesystem::create_symlink("precious", path_ + ".tmp");
  ASSERT_TRUE(write("new").value().publish());
  EXPECT_EQ(read_text(path_), "new");
  EXPECT_EQ(read_text(directory_ / "precious"), "precious");
}

TEST_F(DurableFile, NewFilesHaveTheDocumentedMode) {
  ASSERT_TRUE(write("new").value().publish());
  EXPECT_EQ(status().mode, 0644U);
}

TEST_F(DurableFile, TheModeIsThatOfTheOldFile) {
  write_text(path_, "old");
  ASSERT_EQ(::chmod(path_.c_str(), 0606), 0);
  ASSERT_TRUE(write("new", status()).value().publish());
  EXPECT_EQ(status().mode, 0606U);
}

TEST_F(DurableFile, AMissingDirectoryIsAnError) {
  const auto result = Replacement::begin(files_, directory_ / "a/b", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ENOENT);
}

TEST_F(DurableFile, ALargeTextIsWrittenWhole) {
  const std::string text(3 << 20, 'x');
  ASSERT_TRUE(write(text).value().publish());
  EXPECT_EQ(read_text(path_), text);
}

TEST_F(DurableFile, KeepAsIsASecondName) {
  write_text(path_, "old");
  ASSERT_TRUE(keep_as(files_, path_, status(), "old", directory_ / "kept"));
  EXPECT_EQ(read_file(directory_ / "kept").value().value().status.inode, status().inode);
}

TEST_F(DurableFile, KeepAsReplacesWhatWasThere) {
  write_text(path_, "old");
  write_text(directory_ / "kept", "older");
  ASSERT_TRUE(keep_as(files_, path_, status(), "old", directory_ / "kept"));
  EXPECT_EQ(read_text(directory_ / "kept"), "old");
  EXPECT_THAT(directory_.names(), ElementsAre("file", "kept"));
}

TEST_F(DurableFile, KeepAsMayBeDoneAgain) {
  write_text(path_, "old");
  ASSERT_TRUE(keep_as(files_, path_, status(), "old", directory_ / "kept"));
  ASSERT_TRUE(keep_as(files_, path_, status(), "old", directory_ / "kept"));
  EXPECT_THAT(directory_.names(), ElementsAre("file", "kept"));
}

TEST_F(DurableFile, KeepAsOfAFileThatIsGoneIsNothing) {
  write_text(path_, "old");
  const auto before = status();
  std::filesystem::remove(path_);
  EXPECT_TRUE(keep_as(files_, path_, before, "old", directory_ / "kept"));
  EXPECT_THAT(directory_.names(), ElementsAre());
}

TEST_F(DurableFile, MakeDirectoriesMakesAllThatAreMissing) {
  ASSERT_TRUE(make_directories(files_, directory_ / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(directory_ / "a/b/c"));
  EXPECT_TRUE(make_directories(files_, directory_ / "a/b/c"));
}

TEST_F(DurableFile, MakeDirectoriesTellsWhichOneItCouldNotMake) {
  write_text(path_, "");
  const auto result = make_directories(files_, path_ + "/a");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr(path_ + "/a"));
}

}  // namespace
}  // namespace berth::system
