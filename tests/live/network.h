// A network namespace of a test's own, and sockets in it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "core/census.h"
#include "inspect/machine.h"
#include "system/ip.h"
#include "system/unique_fd.h"

namespace berth::live {

using system::Transport;
using system::UniqueFd;

// Every test of it starts with nothing but an idle loopback device (127.0.0.0/8 and ::1).
class NetworkTest : public testing::Test {
 protected:
  void SetUp() override;
};

struct SocketOptions {
  std::string address = "0.0.0.0";  // with a colon: an IPv6 socket
  std::uint16_t port = 0;
  Transport transport = Transport::tcp;
  bool v6only = false;
  bool reuse_address = false;
  bool reuse_port = false;
  // For clients: connect(2) is to choose the address, and the port, too, though it has no choice but `port`
  // (Linux 6.3).
  bool autobind = false;
  std::string device = {};
  int protocol = 0;
};

// Each returns the socket or an errno.
std::expected<UniqueFd, int> bind_socket(const SocketOptions& options);
std::expected<UniqueFd, int> listen_on(const SocketOptions& options);
// From `options`, as far as they say an address or a port.
std::expected<UniqueFd, int> connect_from(const SocketOptions& options, const std::string& address, std::uint16_t port);
// EAGAIN if no connection is there: another socket of the port (SO_REUSEPORT) may have got it.
std::expected<UniqueFd, int> accept_from(const UniqueFd& listener);

std::uint16_t port_of(const UniqueFd& socket);
std::uint64_t inode_of(const UniqueFd& socket);

// Closes the first end, then the second, so that the first stays behind in TIME_WAIT.
void close_in_order(UniqueFd first, UniqueFd second);

// The sockets of this network namespace, without owners.
std::vector<Holder> sockets_on(std::uint16_t port, Protocol protocol = Protocol::tcp_udp);
inspect::Question about(const Endpoint& endpoint);

// As the command line would have it: "127.0.0.1:8080/tcp".
Endpoint endpoint(const std::string& spec);

}  // namespace berth::live
