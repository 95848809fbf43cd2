// A container engine on a unix socket that answers what a test tells it to, byte for byte.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scratch_directory.h"
#include "system/unique_fd.h"

namespace berth::tests {

// "HTTP/1.1 200 OK" and so on, with the length of the body.
std::string http_answer(const std::string& body, unsigned status = 200, const std::string& type = "application/json");

class FakeEngine {
 public:
  // Bytes to send for a request's target ("/services"); `close`: hang up after them; `hang`: say nothing more.
  struct Reply {
    std::string bytes;
    enum class Then { wait, close, hang } then = Then::wait;
  };
  using Script = std::function<Reply(const std::string& target)>;

  explicit FakeEngine(Script script);
  ~FakeEngine();
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  std::string socket() const { return directory_.path("engine.sock"); }

  // After the last request; both in order.
  std::vector<std::string> requests();
  unsigned connections();

 private:
  void serve();
  void converse(int connection);
  bool answer(int connection, const std::string& target);

  ScratchDirectory directory_;
  Script script_;
  system::UniqueFd listener_;
  system::UniqueFd end_;  // an eventfd: it is over
  struct Seen;
  std::shared_ptr<Seen> seen_;
  std::thread thread_;
};

// The body for each target, and 404 for any other.
FakeEngine::Script answers(std::vector<std::pair<std::string, std::string>> bodies);

}  // namespace berth::tests
