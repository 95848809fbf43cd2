#include "system/file_lock.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>

#include "system/durable_file.h"
#include "system/file_status.h"
#include "system/lock_holder.h"
#include "system/ownership.h"

namespace berth::system {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int open_flags = O_RDWR;

// Interrupts the system calls of the thread that made it, once at `deadline` and then again and again, so that it does
// not matter whether the thread was already inside the call.
class Interruption {
 public:
  explicit Interruption(Clock::time_point deadline);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  bool is_armed() const { return armed_; }

 private:
  static int signal() { return SIGRTMAX - 1; }
  // Stays installed: another thread may still be waiting for the same signal.
  static void install();

  timer_t timer_{};
  sigset_t mask_before_{};
  bool armed_ = false;
};

void Interruption::install() {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal(), &action, nullptr);  // without SA_RESTART: flock() shall fail with EINTR
}

timespec to_timespec(std::chrono::nanoseconds duration) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(duration);
  return {.tv_sec = whole.count(), .tv_nsec = (duration - whole).count()};
}

Interruption::Interruption(Clock::time_point deadline) {
  install();
  sigset_t wanted;
  ::sigemptyset(&wanted);
  ::sigaddset(&wanted, signal());
  ::pthread_sigmask(SIG_UNBLOCK, &wanted, &mask_before_);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signal();
  event._sigev_un._tid = ::gettid();
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
  armed_ = true;
  constexpr auto shortest = std::chrono::nanoseconds(1);  // zero would disarm the timer
  itimerspec times{};
  times.it_value = to_timespec(std::max<std::chrono::nanoseconds>(deadline - Clock::now(), shortest));
  times.it_interval = to_timespec(std::chrono::milliseconds(10));
  ::timer_settime(timer_, 0, &times, nullptr);
}

Interruption::~Interruption() {
  const int code = errno;
  if (armed_) ::timer_delete(timer_);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  errno = code;
}

std::chrono::nanoseconds to_duration(double seconds) {
  constexpr double forever = 1e9;
  // Also false for a NaN.
  if (!(seconds > 0)) return {};
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::min(seconds, forever)));
}

// 0, or an errno; EWOULDBLOCK when the time is up.
int lock_until(int fd, Clock::time_point deadline) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
  if (errno != EWOULDBLOCK || Clock::now() >= deadline) return errno;
  const Interruption interruption(deadline);
  if (!interruption.is_armed()) return ENOLCK;
  while (::flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) return errno;
    if (Clock::now() >= deadline) return EWOULDBLOCK;
  }
  return 0;
}

// Open to whoever may create files in the directory, which is what a writer must be able to do.
std::expected<UniqueFd, Error> create_lock(Files& files, const std::string& path) {
  return create_like(files, path, open_flags, std::nullopt, 0600, Sharing::with_writers);
}

std::expected<UniqueFd, Error> open_lock(Files& files, const std::string& path) {
  for (;;) {
    UniqueFd fd(files.open(path, open_flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0));
    if (fd) return fd;
    if (errno != ENOENT) return std::unexpected(last_error("open '" + path + "'"));
    auto created = create_lock(files, path);
    if (created || created.error().code != EEXIST) return created;
  }
}

std::expected<UniqueFd, Error> open_trusted_lock(Files& files, const std::string& path) {
  auto fd = open_lock(files, path);
  if (!fd) return fd;
  const auto status = status_of_regular(fd->get(), path);
  if (!status) return std::unexpected(status.error());
  if (auto known = refuse_foreign_file(path, status->user); !known) return std::unexpected(std::move(known.error()));
  return fd;
}

bool is_removed(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && status.st_nlink == 0;
}

}  // namespace

std::expected<FileLock, LockFailure> FileLock::acquire(Files& files, const std::string& path, double wait) {
  const auto deadline = Clock::now() + to_duration(wait);
  for (;;) {
    auto fd = open_trusted_lock(files, path);
    if (!fd) return std::unexpected(LockFailure{std::move(fd.error()), false, std::nullopt});
    const int code = lock_until(fd->get(), deadline);
    if (code != 0) {
      const bool timed_out = code == EWOULDBLOCK;
      return std::unexpected(
          LockFailure{{code, "lock '" + path + "'"}, timed_out, timed_out ? lock_holder(fd->get()) : std::nullopt});
    }
    // Removed by somebody while this process waited: the lock that the others take is a new file.
    if (!is_removed(fd->get())) return FileLock(std::move(*fd));
  }
}

}  // namespace berth::system
