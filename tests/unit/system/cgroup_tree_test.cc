#include "system/cgroup_tree.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An ordinary directory tree stands for the hierarchy: a cgroup's id is the inode of its directory.
class CgroupTreeTest : public testing::Test {
 protected:
  std::uint64_t make(const std::string& path, const std::string& processes) {
    tree_.write(path + "/cgroup.procs", processes);
    return inode_of(path);
  }
  std::uint64_t inode_of(const std::string& path) const {
    struct stat status{};
    EXPECT_EQ(::stat(tree_.path(path).c_str(), &status), 0);
    return status.st_ino;
  }
  std::optional<Cgroup> find(std::uint64_t id) const { return CgroupTree::open(tree_.path())->find(id); }

  tests::ScratchDirectory tree_;
};

TEST_F(CgroupTreeTest, FindsACgroupByItsId) {
  make("user.slice", "");
  const auto id = make("system.slice/nginx.service", "813\n812\n");
  const auto cgroup = find(id);
  ASSERT_TRUE(cgroup);
  EXPECT_EQ(cgroup->path, "/system.slice/nginx.service");
  EXPECT_THAT(cgroup->processes, ElementsAre(812, 813));
}

TEST_F(CgroupTreeTest, TheRootIsASlash) {
  tree_.write("cgroup.procs", "1\n");
  const auto cgroup = find(inode_of(""));
  ASSERT_TRUE(cgroup);
  EXPECT_EQ(cgroup->path, "/");
  EXPECT_THAT(cgroup->processes, ElementsAre(1));
}

TEST_F(CgroupTreeTest, AnUnknownIdIsNoCgroup) {
  make("system.slice", "1\n");
  EXPECT_FALSE(find(~std::uint64_t{0}));
}

TEST_F(CgroupTreeTest, AFileIsNoCgroup) {
  make("system.slice", "1\n");
  EXPECT_FALSE(find(inode_of("system.slice/cgroup.procs")));
}

TEST_F(CgroupTreeTest, ProcessesOfOtherNamespacesHaveNoNumber) {
  const auto id = make("a", "0\n0\n17\n");
  EXPECT_THAT(find(id)->processes, ElementsAre(17));
}

TEST_F(CgroupTreeTest, ACgroupThatCannotBeReadHasNoProcesses) {
  tree_.make_directory("a/b");
  const auto cgroup = find(inode_of("a/b"));
  ASSERT_TRUE(cgroup);
  EXPECT_THAT(cgroup->processes, IsEmpty());
}

TEST_F(CgroupTreeTest, WithoutADirectoryThereIsNoTree) { EXPECT_FALSE(CgroupTree::open(tree_.path("missing"))); }

TEST(CgroupMountPoint, IsFoundInMountinfo) {
  constexpr std::string_view mounts =
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:10 master:1 - cgroup2 cgroup2 rw\n";
  EXPECT_EQ(cgroup_mount_point(mounts), "/sys/fs/cgroup/unified");
}

TEST(CgroupMountPoint, MayContainBlanks) {
  EXPECT_EQ(cgroup_mount_point(R"(41 31 0:38 / /mnt/a\040b\134 rw - cgroup2 none rw)"), R"(/mnt/a b\)");
}

TEST(CgroupMountPoint, IsMissingWhereThereIsNone) {
  for (const char* text : {"", "\n", "41 31 0:38 / /cgroup2 rw - ext4 cgroup2 rw\n", "- cgroup2\n",
                           "41 31 0:38 / /x rw cgroup2\n", "41 31 0:38 / /x rw -\n"}) {
    EXPECT_FALSE(cgroup_mount_point(text)) << text;
  }
}

}  // namespace
}  // namespace berth::system
