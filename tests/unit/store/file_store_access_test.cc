// Who may read and write a registry: modes, owners, links.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "unit/store/file_store_fixture.h"

namespace berth::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::author;
using tests::put;
using tests::read_text;
using tests::write_text;

// --- mode and owner

TEST_F(FileStoreTest, ANewRegistryMayBeReadByAll) {
  const auto mask = ::umask(0077);
  commit(put("web", 8080));
  ::umask(mask);
  EXPECT_EQ(mode_of(path_), 0644U);
  EXPECT_EQ(mode_of(directory_ / "registry.history.jsonl"), 0644U);
}

TEST_F(FileStoreTest, TheModeIsKept) {
  commit(put("web", 8080));
  for (const mode_t mode : {0600U, 0640U, 0664U, 0444U}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    commit(put("web", static_cast<Port>(8080 + mode)));
    EXPECT_EQ(mode_of(path_), mode);
    EXPECT_EQ(mode_of(path_ + ".previous"), mode);
  }
}

TEST_F(FileStoreTest, TheOwnerIsKept) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  commit(put("web", 8080));
  ASSERT_EQ(::chown(path_.c_str(), 12345, 23456), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  commit(put("web", 8081));
  EXPECT_EQ(status_of(path_).st_uid, 12345U);
  EXPECT_EQ(status_of(path_).st_gid, 23456U);
  EXPECT_EQ(mode_of(path_), 0640U);
}

TEST_F(FileStoreTest, WhoCannotKeepTheGroupWritesNothing) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a file of another group";
  commit(put("web", 8080));
  ASSERT_EQ(::chown(path_.c_str(), AsNobody::nobody, 23456), 0);
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0777));
  for (const auto& name : directory_.names()) ASSERT_EQ(::chmod((directory_ / name).c_str(), 0666), 0);
  const auto before = read_text(path_);
  const auto result = [&] {
    const AsNobody nobody;
    return store_.update(author, put("web", 8081));
  }();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_writable);
  EXPECT_EQ(read_text(path_), before);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".tmp"));
}

TEST_F(FileStoreTest, TheLockIsOpenToWhoMayWriteTheDirectory) {
  commit(put("web", 8080));
  EXPECT_EQ(mode_of(path_ + ".lock"), 0600U);
  const auto shared = directory_ / "shared";
  std::filesystem::create_directory(shared);
  std::filesystem::permissions(shared, std::filesystem::perms(0775));
  ASSERT_TRUE(FileStore(shared + "/r.json").update(author, put("web", 8080)));
  EXPECT_EQ(mode_of(shared + "/r.json.lock"), 0660U);
}

// --- links

TEST_F(FileStoreTest, ALinkIsFollowedAndStays) {
  std::filesystem::create_directory(directory_ / "real");
  const auto target = directory_ / "real/registry.json";
  FileStore real(target);
  ASSERT_TRUE(real.update(author, put("web", 8080)));
  std::filesystem::create_symlink("real/registry.json", path_);
  EXPECT_EQ(latest(), real.read().value());
  commit(put("db", 5432));
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(real.read().value().allocations().size(), 2U);
  EXPECT_THAT(directory_.names(), ElementsAre("real", "registry.json"));
  EXPECT_EQ(store_.history("").value().size(), 2U);
  EXPECT_TRUE(std::filesystem::exists(target + ".previous"));
}

TEST_F(FileStoreTest, ALinkToWhatIsNotThereYetIsFollowed) {
  std::filesystem::create_symlink(directory_ / "real.json", path_);
  EXPECT_EQ(latest(), Registry{});
  commit(put("web", 8080));
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_TRUE(std::filesystem::is_regular_file(directory_ / "real.json"));
}

TEST_F(FileStoreTest, ALinkToALinkIsRefused) {
  write_text(directory_ / "real.json", "{}");
  std::filesystem::create_symlink("real.json", directory_ / "middle.json");
  std::filesystem::create_symlink("middle.json", path_);
  const auto read = store_.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unreadable);
  EXPECT_THAT(read.error().message, HasSubstr("links to the symbolic link"));
  const auto update = store_.update(author, put("web", 8080));
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().code, ErrorCode::unreadable);
  EXPECT_THAT(directory_.names(), ElementsAre("middle.json", "real.json", "registry.json"));
}

TEST_F(FileStoreTest, LinksInDirectoriesAreTheKernelsBusiness) {
  std::filesystem::create_directory(directory_ / "real");
  std::filesystem::create_directory_symlink("real", directory_ / "alias");
  ASSERT_TRUE(FileStore(directory_ / "alias/r.json").update(author, put("web", 8080)));
  EXPECT_EQ(FileStore(directory_ / "real/r.json").read().value().allocations().size(), 1U);
}

// --- permissions

TEST_F(FileStoreTest, WhoMayNotWriteTheDirectoryIsToldWhoMay) {
  commit(put("web", 8080));
  const auto before = read_text(path_);
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  std::filesystem::remove(path_ + ".lock");
  const AsNobody nobody;
  const auto result = store_.update(author, put("web", 8081));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_writable);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr(path_), HasSubstr("Permission denied")));
  EXPECT_THAT(result.error().hint, AllOf(HasSubstr(directory_.path()), HasSubstr("mode 555"), HasSubstr("--registry")));
  EXPECT_EQ(read_text(path_), before);
}

TEST_F(FileStoreTest, WhoMayNotTakeTheLockMayStillRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs a registry of somebody else";
  commit(put("web", 8080));
  const AsNobody nobody;
  EXPECT_TRUE(store_.read());
  EXPECT_TRUE(store_.history(""));
  EXPECT_EQ(store_.update(author, put("web", 8081)).error().code, ErrorCode::not_writable);
}

TEST_F(FileStoreTest, WhoMayNotReadIsTold) {
  commit(put("web", 8080));
  ASSERT_EQ(::chmod(path_.c_str(), 0), 0);
  const AsNobody nobody;
  const auto result = store_.read();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_writable);
  EXPECT_THAT(result.error().hint, HasSubstr("--registry"));
}

TEST_F(FileStoreTest, AMissingDirectoryThatMayNotBeMadeIsReported) {
  const AsNobody nobody;
  FileStore store(directory_ / "a/registry.json");
  if (::geteuid() == ::getuid()) std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  const auto result = store.update(author, put("web", 8080));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_writable);
}

}  // namespace
}  // namespace berth::store
