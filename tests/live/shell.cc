#include "live/shell.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

namespace berth::live {
namespace {

constexpr std::chrono::seconds patience{60};

std::array<system::UniqueFd, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return {system::UniqueFd(ends[0]), system::UniqueFd(ends[1])};
}

}  // namespace

Shell::Shell() {
  auto input = make_pipe();
  auto output = make_pipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(input[0].get(), STDIN_FILENO);
    ::dup2(output[1].get(), STDOUT_FILENO);
    ::execlp("bash", "bash", "-u", nullptr);
    ::_exit(127);
  }
  input_ = std::move(input[1]);
  output_ = std::move(output[0]);
}

Shell::~Shell() {
  input_ = system::UniqueFd();
  for (int tries = 0; tries < 3000; ++tries) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) return;
    ::usleep(10'000);
  }
  ADD_FAILURE() << "bash does not end";
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string Shell::run(const std::string& command) {
  constexpr char mark = '\1';
  // Nothing of the command may read what comes after it.
  const auto line = "{ " + command + "\n} </dev/null; printf '\\1%d\\n' $?\n";
  if (::write(input_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ADD_FAILURE() << "bash is gone before: " << command;
    return {};
  }
  std::string text;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!text.ends_with('\n') || !text.contains(mark)) {
    pollfd wait{output_.get(), POLLIN, 0};
    std::array<char, 4096> buffer{};
    const auto count = ::poll(&wait, 1, 100) > 0 ? ::read(output_.get(), buffer.data(), buffer.size()) : -1;
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << (count == 0 ? "bash is gone after: " : "takes too long: ") << command << "\n" << text;
      return {};
    }
  }
  const auto at = text.find(mark);
  EXPECT_EQ(text.substr(at + 1), "0\n") << command << "\n" << text;
  text.resize(at);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace berth::live
