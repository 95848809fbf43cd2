#include "store/file_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/codec.h"
#include "unit/store/faulty_files.h"

namespace berth::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using tests::author;
using tests::put;
using tests::read_text;
using tests::write_text;

struct stat status_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

mode_t mode_of(const std::string& path) { return status_of(path).st_mode & 07777; }

// This process as somebody without privileges, for as long as it lives. Needs root; does nothing for others.
class AsNobody {
 public:
  static constexpr uid_t nobody = 65534;
  AsNobody() {
    if (was_root_ && (::setegid(nobody) != 0 || ::seteuid(nobody) != 0)) throw std::runtime_error("seteuid");
  }
  ~AsNobody() {
    if (was_root_ && (::seteuid(0) != 0 || ::setegid(0) != 0)) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool was_root_ = ::geteuid() == 0;
};

class FileStoreTest : public testing::Test {
 protected:
  FileStoreTest() { std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755)); }

  void commit(const Mutation& mutation) {
    const auto result = store_.update(author, mutation);
    ASSERT_TRUE(result) << result.error().message;
  }
  Registry latest() { return store_.read().value(); }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "registry.json";
  FileStore store_{path_};
};

TEST_F(FileStoreTest, TheNameIsThePath) { EXPECT_EQ(store_.name(), path_); }

TEST_F(FileStoreTest, ReadingLeavesNoTrace) {
  ASSERT_TRUE(store_.read());
  ASSERT_TRUE(store_.history(""));
  EXPECT_THAT(directory_.names(), ElementsAre());
}

TEST_F(FileStoreTest, ACommitWritesTheDocumentedFilesAlone) {
  commit(put("web", 8080));
  EXPECT_THAT(directory_.names(), ElementsAre("registry.history.jsonl", "registry.json", "registry.json.lock"));
  EXPECT_EQ(read_text(path_), format_registry(latest()));
  commit(put("web", 8081));
  EXPECT_THAT(directory_.names(),
              ElementsAre("registry.history.jsonl", "registry.json", "registry.json.lock", "registry.json.previous"));
}

TEST_F(FileStoreTest, NothingToDoTouchesNothing) {
  commit(put("web", 8080));
  const auto before = status_of(path_);
  commit(tests::change_nothing);
  EXPECT_EQ(status_of(path_).st_ino, before.st_ino);
  EXPECT_EQ(status_of(path_).st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}

TEST_F(FileStoreTest, PreviousIsTheRegistryBeforeTheLastCommit) {
  commit(put("web", 8080));
  for (Port port = 8081; port < 8085; ++port) {
    const auto before = read_text(path_);
    commit(put("web", port));
    EXPECT_EQ(read_text(path_ + ".previous"), before);
  }
}

TEST_F(FileStoreTest, RemovingTheFileStartsAnew) {
  commit(put("web", 8080));
  commit(put("web", 8081));
  std::filesystem::remove(path_);
  EXPECT_EQ(latest(), Registry{});
  EXPECT_THAT(store_.history("").value(), testing::IsEmpty());
  commit(put("db", 5432));
  EXPECT_EQ(latest().revision, 1U);
  EXPECT_EQ(latest().allocations().size(), 1U);
  EXPECT_EQ(store_.history("").value().size(), 1U);
  EXPECT_THAT(store_.history("web").value(), testing::IsEmpty());
}

TEST_F(FileStoreTest, AnOlderCopyMayBePutBack) {
  commit(put("web", 8080));
  commit(put("web", 8081));
  std::filesystem::copy_file(path_ + ".previous", path_, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(latest().find("web")->endpoint.ports.first, 8080);
  commit(put("db", 5432));
  EXPECT_EQ(latest().revision, 2U);
  const auto commits = store_.history("").value();
  ASSERT_EQ(commits.size(), 2U);
  EXPECT_EQ(commits[1].records[0].service, "db");
}

TEST_F(FileStoreTest, TheTimeOfACommitIsTheClocks) {
  FileStore store(path_, {.now = [] { return std::string("2026-11-22T18:00:00Z"); }});
  ASSERT_TRUE(store.update(author, put("web", 8080)));
  EXPECT_EQ(store.history("").value()[0].time, "2026-11-22T18:00:00Z");
}

TEST_F(FileStoreTest, MissingDirectoriesAreMade) {
  FileStore store(directory_ / "a/b/registry.json");
  EXPECT_EQ(store.read().value(), Registry{});
  ASSERT_TRUE(store.update(author, put("web", 8080)));
  EXPECT_EQ(store.read().value().allocations().size(), 1U);
}

TEST_F(FileStoreTest, ARelativePathIsBesideTheCaller) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_.path());
  FileStore store("relative.json");
  EXPECT_TRUE(store.update(author, put("web", 8080)));
  std::filesystem::current_path(before);
  EXPECT_THAT(directory_.names(), ElementsAre("relative.history.jsonl", "relative.json", "relative.json.lock"));
}

TEST_F(FileStoreTest, ALeftoverOfADeadWriterIsReplaced) {
  commit(put("web", 8080));
  write_text(path_ + ".tmp", "half a regis");
  std::filesystem::create_symlink("/etc/passwd", path_ + ".previous.tmp");
  commit(put("web", 8081));
  EXPECT_EQ(latest().find("web")->endpoint.ports.first, 8081);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".tmp"));
  EXPECT_EQ(parse_registry(read_text(path_ + ".previous"), "").value().revision, 1U);
}

TEST_F(FileStoreTest, WorksWithoutHardLinksAndWithShortWrites) {
  tests::PoorFiles poor;
  FileStore store(path_, {.files = &poor});
  ASSERT_TRUE(store.update(author, put("web", 8080)));
  ASSERT_TRUE(store.update(author, put("web", 8081)));
  EXPECT_EQ(latest().find("web")->endpoint.ports.first, 8081);
  EXPECT_EQ(parse_registry(read_text(path_ + ".previous"), "").value().find("web")->endpoint.ports.first, 8080);
  EXPECT_THAT(directory_.names(),
              ElementsAre("registry.history.jsonl", "registry.json", "registry.json.lock", "registry.json.previous"));
}

TEST_F(FileStoreTest, NoDescriptorStaysOpen) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = count();
  commit(put("web", 8080));
  commit(put("web", 8081));
  ASSERT_TRUE(store_.history(""));
  EXPECT_EQ(count(), before);
}

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

// --- what is no registry

TEST_F(FileStoreTest, ABrokenRegistryIsLeftAlone) {
  const std::string contents[] = {"", "{", std::string(64, '\0'), "{\"web\":0}", "{\"schema\":2,\"revision\":1}"};
  for (const auto& content : contents) {
    write_text(path_, content);
    const auto read = store_.read();
    ASSERT_FALSE(read) << content;
    EXPECT_EQ(read.error().code, ErrorCode::unreadable);
    const auto update = store_.update(author, put("web", 8080));
    ASSERT_FALSE(update);
    EXPECT_EQ(update.error().code, ErrorCode::unreadable);
    EXPECT_EQ(read_text(path_), content);
    EXPECT_THAT(directory_.names(), ElementsAre("registry.json", "registry.json.lock"));
  }
}

TEST_F(FileStoreTest, TheWayBackIsInEveryErrorOfAnInvalidFile) {
  commit(put("web", 8080));
  commit(put("web", 8081));
  write_text(path_, "{");
  for (const auto& error : {store_.read().error(), store_.find("web").error(), store_.history("").error(),
                            store_.update(author, put("web", 8082)).error()}) {
    EXPECT_THAT(error.hint, AllOf(StartsWith("berth restore 2 --registry " + path_ + "   "), HasSubstr("revision 1"),
                                  HasSubstr("rm " + path_ + "   ")));
  }
}

TEST_F(FileStoreTest, APreviousRegistryThatIsBrokenTooIsNoWayBack) {
  write_text(path_, "{");
  write_text(path_ + ".previous", "{");
  EXPECT_THAT(store_.read().error().hint, StartsWith("rm " + path_ + "   "));
}

TEST_F(FileStoreTest, PathsInHintsAreWordsOfAShell) {
  FileStore store(directory_ / "it's $HOME.json");
  write_text(store.name(), "{");
  EXPECT_THAT(store.read().error().hint, StartsWith("rm '" + directory_.path() + "/it'\\''s $HOME.json'"));
}

TEST_F(FileStoreTest, ADirectoryIsNoRegistry) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(store_.read().error().code, ErrorCode::unreadable);
  EXPECT_EQ(store_.update(author, put("web", 8080)).error().code, ErrorCode::unreadable);
  EXPECT_TRUE(std::filesystem::is_directory(path_));
}

TEST_F(FileStoreTest, AFifoIsNoRegistryAndNobodyWaitsForIt) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const auto read = store_.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unreadable);
  EXPECT_THAT(read.error().message, HasSubstr("a FIFO"));
  EXPECT_EQ(store_.update(author, put("web", 8080)).error().code, ErrorCode::unreadable);
  EXPECT_TRUE(std::filesystem::is_fifo(path_));
}

TEST_F(FileStoreTest, ADeviceIsNoRegistry) {
  EXPECT_EQ(FileStore("/dev/null").read().error().code, ErrorCode::unreadable);
}

TEST_F(FileStoreTest, AFileIsNoDirectory) {
  write_text(path_, "{}");
  EXPECT_EQ(FileStore(path_ + "/registry.json").read().error().code, ErrorCode::unreadable);
}

TEST_F(FileStoreTest, AFileThatIsTooLargeIsNotRead) {
  write_text(path_, "{}");
  ASSERT_EQ(::truncate(path_.c_str(), 65 << 20), 0);
  const auto read = store_.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unreadable);
  EXPECT_THAT(read.error().message, HasSubstr("too large"));
}

// --- old formats

TEST_F(FileStoreTest, TheFirstCommitOverAnOldFormatKeepsTheFileForGood) {
  const std::string old = "{\"keycloak\":8080}\n";
  write_text(path_, old);
  commit(put("web", 8081));
  EXPECT_EQ(read_text(path_ + ".previous"), old);
  EXPECT_EQ(read_text(path_ + ".old"), old);
  commit(put("web", 8082));
  commit(put("web", 8083));
  EXPECT_EQ(read_text(path_ + ".old"), old);
  EXPECT_EQ(latest().revision, 3U);
  EXPECT_NE(latest().find("keycloak"), nullptr);
}

TEST_F(FileStoreTest, AnOlderOldFileIsNotReplaced) {
  write_text(path_ + ".old", "mine");
  write_text(path_, "{}");
  commit(put("web", 8081));
  EXPECT_EQ(read_text(path_ + ".old"), "mine");
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
