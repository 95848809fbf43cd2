#include "timing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace berth::bench {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

class Quiet {
 public:
  Quiet() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t start(const Words& words, const Quiet& quiet) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawnp(&pid, argv[0], quiet.get(), nullptr, argv.data(), environ) != 0) {
    std::fputs(fmt::format("cannot start {}\n", words[0]).c_str(), stderr);
    std::exit(1);
  }
  return pid;
}

void finish(pid_t pid, const Words& words) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  std::fputs(fmt::format("{} failed with status {}\n", fmt::join(words, " "), status).c_str(), stderr);
  std::exit(1);
}

}  // namespace

std::vector<Times> race(const std::vector<Contender>& contenders, int runs) {
  constexpr int warm_up = 3;
  const Quiet quiet;
  std::vector<std::vector<double>> all(contenders.size());
  for (int run = -warm_up; run < runs; ++run) {
    for (std::size_t index = 0; index < contenders.size(); ++index) {
      const auto& contender = contenders[index];
      if (contender.prepare) contender.prepare();
      const auto words = contender.command(run + warm_up);
      const auto began = Clock::now();
      finish(start(words, quiet), words);
      if (run >= 0) all[index].push_back(microseconds_since(began));
    }
  }
  std::vector<Times> times;
  for (auto& one : all) {
    std::ranges::sort(one);
    times.push_back({one[one.size() / 2], one[one.size() / 10]});
  }
  return times;
}

double stampede(const std::vector<Words>& commands) {
  const Quiet quiet;
  std::vector<pid_t> pids;
  const auto began = Clock::now();
  for (const auto& words : commands) pids.push_back(start(words, quiet));
  for (std::size_t index = 0; index < pids.size(); ++index) finish(pids[index], commands[index]);
  return microseconds_since(began);
}

}  // namespace berth::bench
