#include "store/file_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "store/codec.h"
#include "unit/store/faulty_files.h"
#include "unit/store/file_store_fixture.h"

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
  EXPECT_EQ(commits[1].records[0].service(), "db");
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

}  // namespace
}  // namespace berth::store
