#include "system/file_lock.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scratch_directory.h"
#include "system/lock_holder.h"

namespace berth::system {
namespace {

class FileLockTest : public testing::Test {
 protected:
  std::expected<FileLock, LockFailure> acquire(double wait = 0) { return FileLock::acquire(files_, path_, wait); }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "lock";
  KernelFiles files_;
};

TEST_F(FileLockTest, IsExclusive) {
  const auto first = acquire();
  ASSERT_TRUE(first);
  const auto second = acquire();
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().timed_out);
}

TEST_F(FileLockTest, IsReleasedAtTheEndOfItsScope) {
  {
    ASSERT_TRUE(acquire());
  }
  EXPECT_TRUE(acquire());
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(FileLockTest, MovesToAnotherOwner) {
  auto first = acquire();
  std::optional<FileLock> other(std::move(*first));
  EXPECT_FALSE(acquire());
  other.reset();
  EXPECT_TRUE(acquire());
}

TEST_F(FileLockTest, ATimeoutNamesThisVeryProcess) {
  const auto first = acquire();
  const auto failure = acquire(0.02).error();
  EXPECT_EQ(failure.error.code, EWOULDBLOCK);
  ASSERT_TRUE(failure.holder);
  EXPECT_EQ(failure.holder->pid, ::getpid());
  EXPECT_THAT(failure.holder->command, testing::HasSubstr("unit_system_files"));
  EXPECT_FALSE(failure.holder->stopped);
}

TEST_F(FileLockTest, OddWaitsAreNoWaits) {
  const auto first = acquire();
  EXPECT_TRUE(acquire(-1).error().timed_out);
  EXPECT_TRUE(acquire(std::nan("")).error().timed_out);
}

TEST_F(FileLockTest, WhoWaitsGetsItWhenItIsReleased) {
  std::optional<FileLock> first(std::move(acquire().value()));
  std::atomic<bool> waits = false;
  std::jthread releaser([&] {
    while (!waits) std::this_thread::yield();
    first.reset();
  });
  waits = true;
  EXPECT_TRUE(acquire(60));
}

TEST_F(FileLockTest, AnyWaitMayBeAsked) {
  std::optional<FileLock> first(std::move(acquire().value()));
  std::jthread releaser([&] { first.reset(); });
  EXPECT_TRUE(acquire(1e300));
}

TEST_F(FileLockTest, WaitersInSeveralThreadsTimeOutEachForItself) {
  const auto first = acquire();
  std::atomic<int> timeouts = 0;
  {
    std::vector<std::jthread> threads;
    for (int index = 0; index < 8; ++index) {
      threads.emplace_back([&, index] {
        const auto result = acquire(0.005 * index);
        if (!result && result.error().timed_out) ++timeouts;
      });
    }
  }
  EXPECT_EQ(timeouts, 8);
}

TEST_F(FileLockTest, ASignalThatIsBlockedStillEndsTheWait) {
  const auto first = acquire();
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto result = acquire(0.02);
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_TRUE(result.error().timed_out);
  EXPECT_EQ(::sigismember(&after, SIGRTMAX - 1), 1);
}

TEST_F(FileLockTest, OneThatWasRemovedWhileWaitingIsMadeAnew) {
  std::optional<FileLock> first(std::move(acquire().value()));
  std::filesystem::remove(path_);
  const auto second = acquire();
  ASSERT_TRUE(second);
  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_FALSE(acquire());
}

TEST_F(FileLockTest, IsNotTakenThroughALink) {
  std::filesystem::create_symlink("target", path_);
  const auto result = acquire();
  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().timed_out);
  EXPECT_EQ(result.error().error.code, ELOOP);
}

TEST_F(FileLockTest, AMissingDirectoryIsAnError) {
  EXPECT_EQ(FileLock::acquire(files_, path_ + "/x", 0).error().error.code, ENOENT);
}

constexpr std::string_view locks =
    "1: POSIX  ADVISORY  WRITE 700 fe:00:55 0 EOF\n"
    "2: FLOCK  ADVISORY  WRITE 812 fe:00:1234567 0 EOF\n"
    "2: -> FLOCK  ADVISORY  WRITE 900 fe:00:1234567 0 EOF\n"
    "3: FLOCK  ADVISORY  READ  901 fe:00:77 0 EOF\n"
    "4: FLOCK  ADVISORY  WRITE 902 00:2a:88 0 EOF\n"
    "5: FLOCK  ADVISORY  WRITE 903 00:2b:88 0 EOF\n";

TEST(FindLockHolder, FindsTheOneOnThatFile) {
  EXPECT_EQ(find_lock_holder(locks, makedev(0xfe, 0), 1234567), 812);
  EXPECT_EQ(find_lock_holder(locks, makedev(0, 0x2b), 88), 903);
}

TEST(FindLockHolder, TakesOnlyExclusiveFlocks) {
  EXPECT_EQ(find_lock_holder(locks, makedev(0xfe, 0), 55), std::nullopt);
  EXPECT_EQ(find_lock_holder(locks, makedev(0xfe, 0), 77), std::nullopt);
}

TEST(FindLockHolder, TrustsAnInodeNumberThatIsThereOnce) {
  EXPECT_EQ(find_lock_holder(locks, makedev(9, 9), 88), std::nullopt);
  constexpr std::string_view one = "4: FLOCK  ADVISORY  WRITE 902 00:2a:88 0 EOF\n";
  EXPECT_EQ(find_lock_holder(one, makedev(9, 9), 88), 902);
}

TEST(FindLockHolder, DoesNotStumbleOverOddText) {
  for (const auto* const text : {"", "\n\n", "1: FLOCK", "1: FLOCK  ADVISORY  WRITE x",
                                 "1: FLOCK  ADVISORY  WRITE 1 fe", "1: FLOCK  ADVISORY  WRITE 1 fe:00:"}) {
    EXPECT_EQ(find_lock_holder(text, makedev(0xfe, 0), 55), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace berth::system
