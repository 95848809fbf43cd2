#include "unit/inspect/fake_engine.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace berth::tests {

struct FakeEngine::Seen {
  std::mutex mutex;
  std::vector<std::string> requests;
  unsigned connections = 0;
};

namespace {

system::UniqueFd listen_at(const std::string& path) {
  system::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), 8) != 0)
    throw std::runtime_error("listen at " + path);
  return listener;
}

}  // namespace

std::string http_answer(const std::string& body, unsigned status, const std::string& type) {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

FakeEngine::Script answers(std::vector<std::pair<std::string, std::string>> bodies) {
  return [bodies = std::move(bodies)](const std::string& target) -> FakeEngine::Reply {
    for (const auto& [path, body] : bodies) {
      if (path == target) return {http_answer(body)};
    }
    return {http_answer(R"({"message":"page not found"})", 404)};
  };
}

FakeEngine::FakeEngine(Script script)
    : script_(std::move(script)),
      listener_(listen_at(socket())),
      end_(::eventfd(0, EFD_CLOEXEC)),
      seen_(std::make_shared<Seen>()),
      thread_([this] { serve(); }) {}

FakeEngine::~FakeEngine() {
  ::eventfd_write(end_.get(), 1);
  thread_.join();
}

std::vector<std::string> FakeEngine::requests() {
  const std::lock_guard lock(seen_->mutex);
  return seen_->requests;
}

unsigned FakeEngine::connections() {
  const std::lock_guard lock(seen_->mutex);
  return seen_->connections;
}

// Until it is over.
void FakeEngine::serve() {
  while (true) {
    std::array<pollfd, 2> wait{{{listener_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) <= 0) continue;
    if (wait[1].revents != 0) return;
    const system::UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    {
      const std::lock_guard lock(seen_->mutex);
      ++seen_->connections;
    }
    converse(connection.get());
  }
}

void FakeEngine::converse(int connection) {
  std::string text;
  while (true) {
    std::array<pollfd, 2> wait{{{connection, POLLIN, 0}, {end_.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) <= 0) continue;
    if (wait[1].revents != 0) return;
    std::array<char, 4096> buffer{};
    const auto count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = text.find("\r\n\r\n"); end != std::string::npos; end = text.find("\r\n\r\n")) {
      const auto start = text.find(' ') + 1;
      const auto target = text.substr(start, text.find(' ', start) - start);
      text.erase(0, end + 4);
      if (!answer(connection, target)) return;
    }
  }
}

// Whether the conversation goes on.
bool FakeEngine::answer(int connection, const std::string& target) {
  {
    const std::lock_guard lock(seen_->mutex);
    seen_->requests.push_back(target);
  }
  const auto reply = script_(target);
  for (std::size_t sent = 0; sent < reply.bytes.size();) {
    const auto now = ::send(connection, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;  // the client has had enough
    sent += static_cast<std::size_t>(now);
  }
  if (reply.then == Reply::Then::hang) {
    std::array<pollfd, 2> gone{{{connection, POLLRDHUP, 0}, {end_.get(), POLLIN, 0}}};
    ::poll(gone.data(), gone.size(), -1);
  }
  return reply.then == Reply::Then::wait;
}

}  // namespace berth::tests
