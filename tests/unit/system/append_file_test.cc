#include "system/append_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using tests::read_text;
using tests::write_text;

class AppendFileTest : public testing::Test {
 protected:
  AppendFile open() { return AppendFile::open(files_, path_, {}).value(); }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "file";
  KernelFiles files_;
};

TEST_F(AppendFileTest, IsMadeIfMissing) {
  EXPECT_EQ(open().size(), 0U);
  EXPECT_TRUE(std::filesystem::exists(path_));
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
}

TEST_F(AppendFileTest, GrowsAtItsEnd) {
  write_text(path_, "one\n");
  auto file = open();
  ASSERT_TRUE(file.append(file.size(), "two\n"));
  ASSERT_TRUE(file.sync());
  EXPECT_EQ(read_text(path_), "one\ntwo\n");
}

TEST_F(AppendFileTest, CutsWhatShallGo) {
  write_text(path_, "one\ntor");
  auto file = open();
  ASSERT_TRUE(file.append(4, "two\n"));
  EXPECT_EQ(read_text(path_), "one\ntwo\n");
}

TEST_F(AppendFileTest, UndoTakesTheLastAppendBack) {
  write_text(path_, "one\ntor");
  auto file = open();
  ASSERT_TRUE(file.append(4, "two\n"));
  file.undo();
  EXPECT_EQ(read_text(path_), "one\n");
}

TEST_F(AppendFileTest, TailIsTheEnd) {
  write_text(path_, "0123456789");
  EXPECT_EQ(open().tail(3).value(), "789");
  EXPECT_EQ(open().tail(99).value(), "0123456789");
  EXPECT_EQ(open().tail(0).value(), "");
}

TEST_F(AppendFileTest, IsNoLinkAndNoDirectory) {
  std::filesystem::create_symlink("target", path_);
  EXPECT_EQ(AppendFile::open(files_, path_, {}).error().code, ELOOP);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(AppendFile::open(files_, path_, {}).error().code, EISDIR);
}

}  // namespace
}  // namespace berth::system
