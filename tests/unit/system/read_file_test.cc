#include "system/read_file.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "scratch_directory.h"
#include "system/unique_fd.h"

namespace berth::system {
namespace {

using testing::HasSubstr;
using tests::write_text;

class ReadFile : public testing::Test {
 protected:
  int error_code(std::size_t limit = largest_file) {
    const auto result = read_file(path_, limit);
    EXPECT_FALSE(result);
    return result ? 0 : result.error().code;
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "file";
};

TEST_F(ReadFile, GivesTextAndStatus) {
  const std::string text("a\0b\n", 4);
  write_text(path_, text);
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  const auto file = read_file(path_).value().value();
  EXPECT_EQ(file.text, text);
  EXPECT_EQ(file.status.mode, 0640U);
  EXPECT_EQ(file.status.user, ::geteuid());
  EXPECT_EQ(file.status.links, 1U);
  EXPECT_EQ(file.status.size, 4U);
}

TEST_F(ReadFile, TellsWhetherAFileStillSaysTheSame) {
  const std::string text(100000, 'x');
  EXPECT_FALSE(status_if_same(path_, ""));
  write_text(path_, text);
  EXPECT_EQ(status_if_same(path_, text)->size, text.size());
  EXPECT_FALSE(status_if_same(path_, text + "x"));
  EXPECT_FALSE(status_if_same(path_, text.substr(1)));
  EXPECT_FALSE(status_if_same(path_, text.substr(1) + "y"));
  write_text(path_, "");
  EXPECT_TRUE(status_if_same(path_, ""));
}

TEST_F(ReadFile, AnEmptyFileIsNotAMissingOne) {
  EXPECT_EQ(read_file(path_).value(), std::nullopt);
  write_text(path_, "");
  EXPECT_EQ(read_file(path_).value().value().text, "");
}

TEST_F(ReadFile, ReadsLargeFiles) {
  const std::string text(5 << 20, 'x');
  write_text(path_, text);
  EXPECT_EQ(read_file(path_).value().value().text, text);
}

TEST_F(ReadFile, RefusesMoreThanTheLimit) {
  write_text(path_, "12345");
  EXPECT_TRUE(read_file(path_, 5));
  EXPECT_EQ(error_code(4), EFBIG);
}

TEST_F(ReadFile, RefusesADirectory) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(error_code(), EISDIR);
}

TEST_F(ReadFile, RefusesAFifoWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(error_code(), ENOTSUP);
}

TEST_F(ReadFile, RefusesASocket) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
  sockaddr generic{};
  static_assert(sizeof(generic) <= sizeof(address));
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(error_code(), ENXIO);
}

TEST_F(ReadFile, RefusesALink) {
  write_text(directory_ / "target", "x");
  std::filesystem::create_symlink("target", path_);
  EXPECT_EQ(error_code(), ELOOP);
}

TEST_F(ReadFile, AMissingDirectoryIsAMissingFile) { EXPECT_EQ(read_file(path_ + "/x/y").value(), std::nullopt); }

TEST_F(ReadFile, FollowLinkGivesThePathItselfUnlessItIsALink) {
  EXPECT_EQ(follow_link(path_).value(), path_);
  write_text(path_, "x");
  EXPECT_EQ(follow_link(path_).value(), path_);
}

TEST_F(ReadFile, FollowLinkGivesTheTarget) {
  std::filesystem::create_symlink("target", path_);
  EXPECT_EQ(follow_link(path_).value(), directory_ / "target");
  std::filesystem::remove(path_);
  std::filesystem::create_symlink("/absolute", path_);
  EXPECT_EQ(follow_link(path_).value(), "/absolute");
}

TEST_F(ReadFile, FollowLinkGoesOneStep) {
  std::filesystem::create_symlink("target", directory_ / "middle");
  std::filesystem::create_symlink("middle", path_);
  const auto result = follow_link(path_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ELOOP);
  EXPECT_THAT(result.error().what, HasSubstr("middle"));
}

TEST(DirectoryOf, IsWhatStandsBeforeTheLastSlash) {
  EXPECT_EQ(directory_of("/opt/a/b"), "/opt/a");
  EXPECT_EQ(directory_of("/b"), "/");
  EXPECT_EQ(directory_of("b"), ".");
  EXPECT_EQ(directory_of("a/b"), "a");
}

}  // namespace
}  // namespace berth::system
