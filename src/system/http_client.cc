#include "system/http_client.h"

#include <sys/un.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <new>
#include <utility>

namespace berth::system {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Protocol = asio::generic::stream_protocol;

constexpr std::uint32_t largest_header = 64 << 10;
// So few that their text fits into the socket's buffer: a server that does not read while it writes must not wait for a
// client that does the same.
constexpr std::size_t most_ahead = 32;

// Nothing that would end it, or the line that it stands in.
bool is_target(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte < '\x7f'; });
}

std::string request_for(const std::string& target, const HttpPlace& place) {
  const auto host = place.unix_path.empty() ? to_string(place) : "localhost";
  return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: berth\r\n\r\n";
}

int errno_of(const error_code& error) {
  if (error == beast::error::timeout) return ETIMEDOUT;
  if (error == http::error::body_limit || error == http::error::header_limit) return EMSGSIZE;
  if (error == http::error::end_of_stream || error == http::error::partial_message || error == asio::error::eof)
    return ECONNRESET;
  if (error.category() == boost::system::system_category() || error.category() == boost::system::generic_category())
    return error.value();
  return EBADMSG;
}

std::expected<Protocol::endpoint, int> endpoint_of(const HttpPlace& place) {
  if (!place.unix_path.empty()) {
    if (place.unix_path.size() >= sizeof(sockaddr_un::sun_path)) return std::unexpected(ENAMETOOLONG);
    return Protocol::endpoint(asio::local::stream_protocol::endpoint(place.unix_path));
  }
  error_code error;
  const auto address = asio::ip::make_address(place.address == "localhost" ? "127.0.0.1" : place.address, error);
  if (error) return std::unexpected(EADDRNOTAVAIL);
  return Protocol::endpoint(asio::ip::tcp::endpoint(address, place.port));
}

}  // namespace

std::string to_string(const HttpPlace& place) {
  if (!place.unix_path.empty()) return place.unix_path;
  const bool brackets = place.address.contains(':');
  return (brackets ? "[" + place.address + "]" : place.address) + ":" + std::to_string(place.port);
}

// Each operation is started, and then the loop runs until it has ended, on time or not: no thread but the caller's.
struct HttpClient::Connection {
  asio::io_context loop{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  beast::basic_stream<Protocol, asio::io_context::executor_type> stream{loop};
  beast::flat_buffer buffer;
  error_code result;

  auto note() {
    return [this](const error_code& error, auto&&...) { result = error; };
  }
  bool run() {
    loop.restart();
    loop.run();
    return !result;
  }

  bool connect(const Protocol::endpoint& endpoint) {
    stream.async_connect(endpoint, note());
    return run();
  }
  bool write(const std::string& bytes) {
    asio::async_write(stream, asio::buffer(bytes), note());
    return run();
  }
  bool read(http::response_parser<http::string_body>& parser) {
    http::async_read(stream, buffer, parser, note());
    return run();
  }
};

HttpClient::HttpClient(HttpPlace place, std::size_t limit) : place_(std::move(place)), limit_(limit) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&& other) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&& other) noexcept = default;

std::expected<HttpAnswer, Error> HttpClient::get(std::string_view target, Clock::time_point deadline) {
  HttpAnswer got;
  const std::string targets[] = {std::string(target)};
  const auto done = get_each(targets, deadline, [&](std::size_t, HttpAnswer answer) {
    got = std::move(answer);
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return got;
}

std::expected<void, Error> HttpClient::get_each(std::span<const std::string> targets, Clock::time_point deadline,
                                                const Take& take) {
  const auto failed = [&](int code) { return std::unexpected(Error{code, "ask " + to_string(place_)}); };
  if (!std::ranges::all_of(targets, is_target)) return failed(EINVAL);
  try {
    for (std::size_t next = 0; next < targets.size();) {
      if (const auto done = converse(targets, deadline, take, next); !done) return failed(done.error());
    }
    return {};
  } catch (const boost::system::system_error& error) {  // the loop's own descriptors
    return failed(error.code().value());
  } catch (const std::bad_alloc&) {
    return failed(ENOMEM);
  }
}

std::expected<void, int> HttpClient::converse(std::span<const std::string> targets, Clock::time_point deadline,
                                              const Take& take, std::size_t& next) {
  // Given back only by an answer after which the server waits for more.
  auto connection = std::move(connection_);
  if (deadline <= Clock::now()) return std::unexpected(ETIMEDOUT);
  const auto endpoint = endpoint_of(place_);
  if (!endpoint) return std::unexpected(endpoint.error());
  const bool is_new = !connection;
  if (is_new) connection = std::make_unique<Connection>();
  connection->stream.expires_at(deadline);
  if (is_new && !connection->connect(*endpoint)) return std::unexpected(errno_of(connection->result));

  const auto ahead = targets.subspan(next, std::min(targets.size() - next, most_ahead));
  std::string requests;
  for (const auto& target : ahead) requests += request_for(target, place_);
  if (!connection->write(requests)) return std::unexpected(errno_of(connection->result));
  for (std::size_t count = 0; count < ahead.size(); ++count) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(limit_);
    parser.header_limit(largest_header);
    if (!connection->read(parser)) return std::unexpected(errno_of(connection->result));
    const bool goes_on = take(next++, {parser.get().result_int(), std::move(parser.get().body())});
    if (!goes_on) next = targets.size();
    if (!goes_on || !parser.keep_alive()) return {};
  }
  connection_ = std::move(connection);
  return {};
}

}  // namespace berth::system
