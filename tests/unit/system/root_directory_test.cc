#include "system/root_directory.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using tests::ScratchDirectory;

constexpr std::size_t limit = 100;

TEST(RootDirectory, ReadsFilesBelow) {
  const ScratchDirectory scratch;
  scratch.write("etc/x", "text");
  const auto file = RootDirectory(scratch.path()).read("/etc/x", limit);
  ASSERT_TRUE(file && *file);
  EXPECT_EQ((*file)->text, "text");
}

TEST(RootDirectory, MayBeTheRunningSystem) {
  const ScratchDirectory scratch;
  scratch.write("x", "text");
  for (const auto* root : {"", "/", "//"}) {
    const auto file = RootDirectory(root).read(scratch.path("x"), limit);
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->text, "text");
  }
}

TEST(RootDirectory, IsWhereAbsoluteLinksBegin) {
  const ScratchDirectory scratch;
  scratch.write("root/usr/lib/x", "inside");
  scratch.link("root/lib", "/usr/lib");
  scratch.link("root/y", "../../../lib/x");
  const RootDirectory root(scratch.path("root/"));
  for (const auto* path : {"/lib/x", "/y"}) {
    const auto file = root.read(path, limit);
    ASSERT_TRUE(file && *file) << path;
    EXPECT_EQ((*file)->text, "inside");
  }
}

TEST(RootDirectory, HasNothingOutside) {
  const ScratchDirectory scratch;
  scratch.make_directory("root");
  scratch.write("secret", "outside");
  scratch.link("root/x", scratch.path("secret"));
  const auto file = RootDirectory(scratch.path("root")).read("/x", limit);
  ASSERT_TRUE(file);
  EXPECT_FALSE(*file);
}

TEST(RootDirectory, OpensDirectories) {
  const ScratchDirectory scratch;
  scratch.write("etc/x", "");
  const RootDirectory root(scratch.path());
  EXPECT_TRUE(root.open_directory("/etc"));
  EXPECT_EQ(root.open_directory("/etc/x").error().code, ENOTDIR);
  EXPECT_EQ(root.open_directory("/none").error().code, ENOENT);
}

TEST(RootDirectory, ThatIsMissingIsAnErrorOfEachCall) {
  const ScratchDirectory scratch;
  const RootDirectory root(scratch.path("none"));
  ASSERT_TRUE(root.failure());
  EXPECT_EQ(root.failure()->message(), "open '" + scratch.path("none") + "': No such file or directory");
  EXPECT_FALSE(root.read("/x", limit));
  EXPECT_FALSE(root.open_directory("/"));
}

TEST(RootDirectory, SaysWhereSomethingLies) {
  const ScratchDirectory scratch;
  scratch.write("root/data/x", "");
  scratch.link("root/y", "/data/x");
  scratch.link("root/z", scratch.path("root/data/x"));
  const RootDirectory root(scratch.path("root"));
  const auto real = std::filesystem::canonical(scratch.path("root/data/x")).string();
  EXPECT_EQ(root.place_of("/data/x").value(), real);
  EXPECT_EQ(root.place_of("/y").value(), real);
  EXPECT_EQ(root.place_of("/z").error().code, ENOENT);
}

// What opening it for reading would wait for.
TEST(RootDirectory, OpensAPlaceWithoutWaiting) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo(scratch.path("fifo").c_str(), 0600), 0);
  const auto fd = RootDirectory(scratch.path()).open_place("/fifo");
  struct stat status{};
  ASSERT_TRUE(fd && ::fstat(fd->get(), &status) == 0);
  EXPECT_TRUE(S_ISFIFO(status.st_mode));
}

TEST(RootDirectory, TellsADeviceFromAnEmptyFile) {
  const auto device = RootDirectory("").read("/dev/null", limit);
  ASSERT_TRUE(device && *device);
  EXPECT_TRUE((*device)->is_device);
}

TEST(RootDirectory, ReadsNothingButFiles) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo(scratch.path("fifo").c_str(), 0600), 0);
  scratch.make_directory("directory");
  const RootDirectory root(scratch.path());
  EXPECT_EQ(root.read("/fifo", limit).error().code, ENOTSUP);
  EXPECT_EQ(root.read("/directory", limit).error().code, ENOTSUP);
}

TEST(RootDirectory, ReadsNothingLarger) {
  const ScratchDirectory scratch;
  scratch.write("x", std::string(10000, 'x'));
  const RootDirectory root(scratch.path());
  EXPECT_EQ(root.read("/x", 9999).error().code, EFBIG);
  EXPECT_EQ((*root.read("/x", 10000))->text.size(), 10000U);
}

}  // namespace
}  // namespace berth::system
