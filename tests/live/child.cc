#include "live/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace berth::live {
namespace {

using system::UniqueFd;

std::pair<UniqueFd, UniqueFd> open_pipe() {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void wait_for_end(const UniqueFd& pipe) {
  char byte = 0;
  while (::read(pipe.get(), &byte, 1) > 0) continue;
}

}  // namespace

Child::Child(const std::function<void()>& prepare) {
  auto [leash_in_child, leash] = open_pipe();
  auto [ready, ready_in_child] = open_pipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    leash = UniqueFd();
    ready = UniqueFd();
    prepare();
    ready_in_child = UniqueFd();
    wait_for_end(leash_in_child);
    ::_exit(0);
  }
  ready_in_child = UniqueFd();
  wait_for_end(ready);
  leash_ = std::move(leash);
}

Child::~Child() {
  leash_ = UniqueFd();
  ::waitpid(pid_, nullptr, 0);
}

void expect_in_child(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "in the child, see above";
}

}  // namespace berth::live
