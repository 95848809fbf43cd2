#include "system/http_client.h"

#include <sys/un.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
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
  beast::basic_stream<Protocol> stream{loop};
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
  bool write(http::request<http::empty_body>& request) {
    http::async_write(stream, request, note());
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

std::expected<HttpAnswer, Error> HttpClient::get(std::string_view target, Clock::time_point deadline) try {
  // Given back only by an answer after which the server waits for more.
  auto connection = std::move(connection_);
  const auto failed = [&](int code) { return std::unexpected(Error{code, "ask " + to_string(place_)}); };
  if (deadline <= Clock::now()) return failed(ETIMEDOUT);
  if (!connection) {
    const auto endpoint = endpoint_of(place_);
    if (!endpoint) return failed(endpoint.error());
    connection = std::make_unique<Connection>();
    connection->stream.expires_at(deadline);
    if (!connection->connect(*endpoint)) return failed(errno_of(connection->result));
  }
  connection->stream.expires_at(deadline);

  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, place_.unix_path.empty() ? to_string(place_) : "localhost");
  request.set(http::field::user_agent, "berth");
  if (!connection->write(request)) return failed(errno_of(connection->result));
  http::response_parser<http::string_body> parser;
  parser.body_limit(limit_);
  parser.header_limit(largest_header);
  if (!connection->read(parser)) return failed(errno_of(connection->result));

  HttpAnswer answer{parser.get().result_int(), std::move(parser.get().body())};
  if (parser.keep_alive()) connection_ = std::move(connection);
  return answer;
} catch (const boost::system::system_error& error) {  // the loop's own descriptors
  return std::unexpected(Error{error.code().value(), "ask " + to_string(place_)});
} catch (const std::bad_alloc&) {
  return std::unexpected(Error{ENOMEM, "ask " + to_string(place_)});
}

}  // namespace berth::system
