// HTTP/1.1 for asking a service on this machine: GET over a unix socket or TCP.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "system/error.h"

namespace berth::system {

struct HttpPlace {
  std::string unix_path = {};  // of a stream socket; if empty, TCP
  // Dotted IPv4, IPv6 without brackets, or "localhost", which is 127.0.0.1. Names are not resolved: that would take the
  // name services' shared libraries (getaddrinfo(3)) and waits as long as it likes.
  std::string address = {};
  std::uint16_t port = 0;

  friend bool operator==(const HttpPlace&, const HttpPlace&) = default;
};

// The path, or "address:port".
std::string to_string(const HttpPlace& place);

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

class HttpClient {
 public:
  // Does nothing yet. An answer with a body above `limit` bytes is an error.
  explicit HttpClient(HttpPlace place, std::size_t limit = 64UZ << 20);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&& other) noexcept;

  // `target`: path and query, "/containers/json?all=1". Uses the connection that is there, as long as the server keeps
  // it. Any status is an answer. When it fails the connection is given up. Errors: those of connect(2), read(2) and
  // write(2); EINVAL for a target that is none; EADDRNOTAVAIL for an address that is a name; ETIMEDOUT when `deadline`
  // is over; ECONNRESET for an answer that ends too early; EBADMSG for what is not HTTP; EMSGSIZE above the limit.
  std::expected<HttpAnswer, Error> get(std::string_view target, std::chrono::steady_clock::time_point deadline);

  // The same for several: they are sent ahead of the answers (RFC 9112, section 9.3.2), so that the server works on the
  // next while `take` looks at one. `take` gets them in order, and the index of the target; it returns whether to go
  // on. Nothing is taken twice. An error ends it.
  using Take = std::function<bool(std::size_t index, HttpAnswer answer)>;
  std::expected<void, Error> get_each(std::span<const std::string> targets,
                                      std::chrono::steady_clock::time_point deadline, const Take& take);

 private:
  struct Connection;
  // As much as is done over one connection, from `next` on.
  std::expected<void, int> converse(std::span<const std::string> targets,
                                    std::chrono::steady_clock::time_point deadline, const Take& take,
                                    std::size_t& next);

  HttpPlace place_;
  std::size_t limit_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace berth::system
