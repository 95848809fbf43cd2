// What a server answers to an HTTP client: whoever connects is sent the input.
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "fuzz/targets.h"
#include "system/http_client.h"
#include "system/unique_fd.h"

namespace berth::fuzz {
namespace {

using system::UniqueFd;

// At an abstract address that the kernel chooses (unix(7), "Autobind feature").
class Server {
 public:
  explicit Server(std::string_view answer) : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socklen_t length = sizeof(sa_family_t);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    promise(::bind(listener_.get(), generic, length) == 0 && ::listen(listener_.get(), 16) == 0, "a server can be had");
    length = sizeof(address);
    promise(::getsockname(listener_.get(), generic, &length) == 0, "and has an address");
    path_.assign(&address.sun_path[0], length - offsetof(sockaddr_un, sun_path));
    thread_ = std::thread([this, answer] { serve(answer); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  const std::string& path() const { return path_; }

 private:
  void serve(std::string_view answer) const {
    while (true) {
      const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer) return;
      (void)!::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      ::shutdown(peer.get(), SHUT_WR);
      std::array<char, 4096> requests{};
      while (::recv(peer.get(), requests.data(), requests.size(), 0) > 0) continue;
    }
  }

  UniqueFd listener_;
  std::string path_;
  std::thread thread_;
};

}  // namespace

void http(std::string_view input) {
  constexpr std::size_t limit = 1000;
  const Server server(input);
  system::HttpClient client({.unix_path = server.path()}, limit);
  const std::vector<std::string> targets = {"/a", "/b?all=1", "/c"};
  std::size_t next = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto done = client.get_each(targets, deadline, [&](std::size_t index, const system::HttpAnswer& answer) {
    promise(index == next++, "answers come in order, each once");
    promise(answer.body.size() <= limit, "none is larger than allowed");
    return true;
  });
  promise(done.has_value() == (next == targets.size()), "either all are answered, or it failed");
  promise(done || (done.error().code > 0 && done.error().code != ETIMEDOUT), "an answer that ends is not waited for");
}

}  // namespace berth::fuzz
