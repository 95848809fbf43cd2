#include "system/ownership.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "scratch_directory.h"
#include "system/append_file.h"
#include "system/file_lock.h"
#include "system/read_file.h"

namespace berth::system {
namespace {

constexpr uid_t root = 0;
constexpr uid_t alice = 1001;
constexpr uid_t bob = 1002;
constexpr uid_t mallory = 1003;
constexpr gid_t ports = 2000;

struct Case {
  uid_t owner;
  DirectoryStatus directory;
  uid_t me;
  bool file_is_foreign;
  bool link_is_foreign;
};

TEST(Foreign, IsWhatIsNeitherRootsNorOnesOwnNorTheDirectorysOwners) {
  const DirectoryStatus tmp{01777, root, root};
  const DirectoryStatus for_all{0777, root, root};
  const DirectoryStatus of_alice{0755, alice, alice};
  const DirectoryStatus of_group{02775, root, ports};
  const DirectoryStatus sticky_group{01770, root, ports};
  const DirectoryStatus drop_of_alice{01777, alice, alice};
  for (const auto& [owner, directory, me, file, link] : {
           Case{root, tmp, bob, false, false},
           Case{bob, tmp, bob, false, false},
           Case{mallory, tmp, bob, true, true},
           Case{mallory, tmp, root, true, true},
           Case{mallory, for_all, root, false, true},
           Case{alice, of_alice, root, false, false},
           Case{mallory, of_alice, root, false, true},
           Case{alice, of_group, bob, false, true},
           Case{alice, sticky_group, bob, false, true},
           Case{alice, drop_of_alice, root, false, false},
           Case{mallory, drop_of_alice, alice, true, true},
       }) {
    SCOPED_TRACE(testing::Message() << "owner " << owner << ", directory of " << directory.user << " with mode "
                                    << std::oct << directory.mode << ", me " << std::dec << me);
    EXPECT_EQ(is_foreign_file(owner, directory, me), file);
    EXPECT_EQ(is_foreign_link(owner, directory, me), link);
  }
}

NewFile in(const DirectoryStatus& directory, mode_t mode, uid_t me, Sharing sharing = Sharing::with_group) {
  return new_file_in(directory, {me, me, mode}, me, sharing);
}

TEST(NewFileIn, IsItsCreatorsInAPrivateDirectory) {
  const auto file = in({0755, alice, alice}, 0644, alice);
  EXPECT_EQ(file.user, alice);
  EXPECT_EQ(file.group, alice);
  EXPECT_EQ(file.mode, 0644U);
}

TEST(NewFileIn, IsForTheGroupThatMayCreateFiles) {
  const auto file = in({02775, root, ports}, 0644, alice);
  EXPECT_EQ(file.user, alice);
  EXPECT_EQ(file.group, ports);
  EXPECT_EQ(file.mode, 0664U);
  EXPECT_EQ(in({0770, root, ports}, 0600, alice).mode, 0660U);
}

TEST(NewFileIn, IsForEverybodyOnlyIfThatIsAskedForAndEverybodyMayCreateFiles) {
  EXPECT_EQ(in({0777, root, root}, 0644, alice).mode, 0664U);
  EXPECT_EQ(in({0777, root, root}, 0600, alice, Sharing::with_writers).mode, 0666U);
  EXPECT_EQ(in({0755, root, root}, 0600, root, Sharing::with_writers).mode, 0600U);
}

TEST(NewFileIn, IsNobodyElsesWhereTheStickyBitKeepsThemApart) {
  for (const auto sharing : {Sharing::with_group, Sharing::with_writers}) {
    const auto file = in({01777, alice, ports}, 0600, root, sharing);
    EXPECT_EQ(file.user, root);
    EXPECT_EQ(file.group, root);
    EXPECT_EQ(file.mode, 0600U);
  }
}

TEST(NewFileIn, OfRootBelongsToTheOwnerOfTheDirectory) {
  EXPECT_EQ(in({0755, alice, ports}, 0644, root).user, alice);
  EXPECT_EQ(in({0755, alice, ports}, 0644, root).group, ports);
  EXPECT_EQ(in({0755, alice, ports}, 0644, root).mode, 0644U);
  EXPECT_EQ(in({0755, alice, alice}, 0644, bob).user, bob);
  // Who that is cannot be known.
  EXPECT_EQ(in({0755, 65534, 65534}, 0644, root).user, root);
}

// Another user's files in a directory like /tmp.
class ForeignFile : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    ASSERT_EQ(::chmod(directory_.path().c_str(), 01777), 0);
    tests::write_text(path_, "text");
    if (::chown(path_.c_str(), mallory, mallory) != 0) GTEST_SKIP() << "there are no other users here";
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "file";
  KernelFiles files_;
};

TEST_F(ForeignFile, IsNotRead) {
  EXPECT_EQ(read_file(path_).error().code, EPERM);
  EXPECT_EQ(read_end(path_, 10).error().code, EPERM);
  EXPECT_FALSE(status_if_same(path_, "text"));
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  EXPECT_TRUE(read_file(path_));
}

TEST_F(ForeignFile, IsNotAppendedTo) {
  EXPECT_EQ(AppendFile::open(files_, path_, std::nullopt).error().code, EPERM);
  EXPECT_EQ(tests::read_text(path_), "text");
}

TEST_F(ForeignFile, IsNoLock) { EXPECT_EQ(FileLock::acquire(files_, path_, 0).error().error.code, EPERM); }

TEST_F(ForeignFile, IsNotFollowedIfItIsALink) {
  const auto link = directory_ / "link";
  ASSERT_EQ(::symlink("target", link.c_str()), 0);
  EXPECT_EQ(follow_link(link), directory_ / "target");
  ASSERT_EQ(::lchown(link.c_str(), mallory, mallory), 0);
  EXPECT_EQ(follow_link(link).error().code, EPERM);
  // Whoever may write elsewhere is sent there by nobody but the directory's owner.
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0775), 0);
  EXPECT_EQ(follow_link(link).error().code, EPERM);
  ASSERT_EQ(::chown(directory_.path().c_str(), mallory, mallory), 0);
  EXPECT_EQ(follow_link(link), directory_ / "target");
}

TEST(Lock, IsARegularFile) {
  const tests::ScratchDirectory directory;
  KernelFiles files;
  const auto path = directory / "lock";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(FileLock::acquire(files, path, 0).error().error.code, ENOTSUP);
}

}  // namespace
}  // namespace berth::system
