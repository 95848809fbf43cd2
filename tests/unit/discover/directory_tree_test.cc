#include "discover/directory_tree.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "scratch_directory.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;

class DirectoryTreeTest : public testing::Test {
 protected:
  const tests::ScratchDirectory scratch;
  const DirectoryTree tree{scratch.path()};
};

TEST_F(DirectoryTreeTest, ReadsAFile) {
  scratch.write("etc/a", "text");
  EXPECT_EQ(tree.read("/etc/a").value(), "text");
}
TEST_F(DirectoryTreeTest, WhatIsNotThereIsNoError) {
  scratch.write("file", "");
  EXPECT_FALSE(tree.read("/none").value());
  EXPECT_FALSE(tree.read("/file/below").value());
  EXPECT_FALSE(tree.list("/none").value());
}
TEST_F(DirectoryTreeTest, ListsInOrder) {
  for (const auto* name : {"b", ".c", "a/x"}) scratch.write(std::string("dir/") + name, "");
  const auto names = tree.list("/dir");
  ASSERT_TRUE(names && *names);
  EXPECT_THAT(**names, ElementsAre(".c", "a", "b"));
}
TEST_F(DirectoryTreeTest, AnAbsoluteLinkStaysBelow) {
  scratch.write("etc/real", "inside");
  scratch.link("link", "/etc/real");
  EXPECT_EQ(tree.read("/link").value(), "inside");
}
TEST_F(DirectoryTreeTest, SaysWhatIsNoFile) {
  scratch.make_directory("dir");
  scratch.link("loop", "loop");
  ASSERT_EQ(::mkfifo(scratch.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(tree.read("/dir").error(), "is not a regular file");
  EXPECT_EQ(tree.read("/fifo").error(), "is not a regular file");
  EXPECT_EQ(tree.read("/loop").error(), "is a symbolic link that leads nowhere");
}
TEST_F(DirectoryTreeTest, SaysWhatIsTooLarge) {
  scratch.write("large", std::string(DirectoryTree::largest_file + 1, ' '));
  EXPECT_EQ(tree.read("/large").error(), "has more than 4 MiB");
}

}  // namespace
}  // namespace berth::discover
