// Writers in several processes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/file_store.h"

namespace berth::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::author;
using tests::put;

// A process that holds the registry's lock until it is told, or dies.
class LockingProcess {
 public:
  explicit LockingProcess(const std::string& lock) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT, 0600);
      if (::flock(fd, LOCK_EX) != 0 || ::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char byte = 0;
    const bool is_ready = ::read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
    ::close(ready[1]);
    if (!is_ready) throw std::runtime_error("no lock");
  }
  ~LockingProcess() { end(); }
  LockingProcess(const LockingProcess&) = delete;
  LockingProcess& operator=(const LockingProcess&) = delete;

  pid_t pid() const { return pid_; }
  void stop() const {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
  }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

class FileStoreLock : public testing::Test {
 protected:
  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "registry.json";
  std::string lock_ = path_ + ".lock";
};

// The first word of its command line: this program, or what runs it.
std::string program_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  std::string word;
  std::getline(file, word, '\0');
  return word;
}

TEST_F(FileStoreLock, ATimeoutNamesTheHolder) {
  const LockingProcess holder(lock_);
  const auto result = FileStore(path_, {.wait = 0.05}).update(author, put("web", 8080));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::lock_timeout);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("locked by pid " + std::to_string(holder.pid()) + " ("),
                                            HasSubstr(program_of(holder.pid())), HasSubstr("waited 0.05 s")));
  EXPECT_THAT(result.error().hint, HasSubstr("--wait"));
}

TEST_F(FileStoreLock, WhoDoesNotWaitIsToldAtOnce) {
  const LockingProcess holder(lock_);
  EXPECT_EQ(FileStore(path_, {.wait = 0}).update(author, put("web", 8080)).error().code, ErrorCode::lock_timeout);
}

TEST_F(FileStoreLock, ATimeoutSaysThatTheHolderIsStopped) {
  const LockingProcess holder(lock_);
  holder.stop();
  const auto error = FileStore(path_, {.wait = 0}).update(author, put("web", 8080)).error();
  EXPECT_THAT(error.message, HasSubstr("stopped"));
  EXPECT_THAT(error.hint, HasSubstr("kill -CONT " + std::to_string(holder.pid())));
}

TEST_F(FileStoreLock, AHolderThatIsKilledLetsGo) {
  LockingProcess holder(lock_);
  holder.end();
  EXPECT_TRUE(FileStore(path_, {.wait = 0}).update(author, put("web", 8080)));
}

TEST_F(FileStoreLock, AHolderThatIsKilledLetsTheWaitingOnesGoOn) {
  LockingProcess holder(lock_);
  const auto writer = ::fork();
  if (writer == 0) ::_exit(FileStore(path_, {.wait = 60}).update(author, put("web", 8080)) ? 0 : 1);
  holder.end();
  int status = -1;
  ::waitpid(writer, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(FileStoreLock, ReadersDoNotWait) {
  ASSERT_TRUE(FileStore(path_).update(author, put("web", 8080)));
  const LockingProcess holder(lock_);
  FileStore store(path_);
  EXPECT_EQ(store.read().value().allocations().size(), 1U);
  EXPECT_EQ(store.history("").value().size(), 1U);
}

TEST_F(FileStoreLock, TwoPathsToOneRegistryShareALock) {
  ASSERT_TRUE(FileStore(path_).update(author, put("web", 8080)));
  ASSERT_EQ(::symlink("registry.json", (directory_ / "alias.json").c_str()), 0);
  const LockingProcess holder(lock_);
  EXPECT_EQ(FileStore(directory_ / "alias.json", {.wait = 0}).update(author, put("web", 8081)).error().code,
            ErrorCode::lock_timeout);
}

TEST_F(FileStoreLock, TheMutationRunsUnderTheLock) {
  FileStore store(path_);
  const auto result = store.update(author, [&](const Registry& registry) {
    FileStore other(path_, {.wait = 0});
    EXPECT_EQ(other.update(author, put("web", 8080)).error().code, ErrorCode::lock_timeout);
    return tests::change_nothing(registry);
  });
  EXPECT_TRUE(result);
}

TEST_F(FileStoreLock, AProgramThatTheHolderStartsDoesNotKeepTheLock) {
  FileStore store(path_);
  // The file is there: it is opened otherwise than when it is made.
  ASSERT_TRUE(store.update(author, put("first", 1)));
  pid_t child = -1;
  ASSERT_TRUE(store.update(author, [&](const Registry& registry) {
    child = ::fork();
    if (child == 0) {
      ::execlp("sleep", "sleep", "60", nullptr);
      ::_exit(1);
    }
    return tests::change_nothing(registry);
  }));
  EXPECT_TRUE(FileStore(path_, {.wait = 60}).update(author, put("web", 8080)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(FileStoreLock, ManyProcessesLoseNothing) {
  constexpr int writers = 32;
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    const auto child = ::fork();
    if (child == 0) {
      FileStore store(path_, {.wait = 60});
      const auto service = "s" + std::to_string(writer);
      const bool done = store.update(author, put(service, 1)) && store.update(author, put(service, 2));
      ::_exit(done ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  FileStore store(path_);
  EXPECT_EQ(store.read().value().allocations().size(), std::size_t{writers});
  EXPECT_EQ(store.read().value().revision, std::uint64_t{2 * writers});
  EXPECT_EQ(store.history("").value().size(), std::size_t{2 * writers});
}

TEST_F(FileStoreLock, WritersThatAreKilledAtAnyMomentLoseNothingThatTheyReported) {
  for (int round = 0; round < 20; ++round) {
    int reports[2];
    ASSERT_EQ(::pipe2(reports, O_CLOEXEC), 0);
    const auto writer = ::fork();
    if (writer == 0) {
      FileStore store(path_, {.wait = 60});
      for (;;) {
        const auto revision = store.update(author, put("s", 1));
        if (!revision || ::write(reports[1], &*revision, sizeof(*revision)) < 0) ::_exit(1);
      }
    }
    ::close(reports[1]);
    std::uint64_t reported = 0;
    for (int count = 0; count < 1 + round % 3; ++count) {
      ASSERT_EQ(::read(reports[0], &reported, sizeof(reported)), ssize_t{sizeof(reported)});
    }
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    ::close(reports[0]);
    FileStore store(path_, {.wait = 0});
    const auto registry = store.read();
    ASSERT_TRUE(registry) << registry.error().message;
    EXPECT_GE(registry->revision, reported);
    EXPECT_EQ(store.history("").value().size(), registry->revision);
  }
}

}  // namespace
}  // namespace berth::store
