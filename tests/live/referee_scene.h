// Random sets of sockets on a few ports.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "live/network.h"

namespace berth::live {

using Random = std::mt19937_64;

// The ports of one set.
struct Ports {
  std::uint16_t first = 0;
  std::uint16_t count = 2;
};

class Scene {
 public:
  // Where clients connect to when it is not to a socket of the set: a listener on every address, and a UDP socket.
  struct Haven {
    UniqueFd tcp;
    UniqueFd udp;
    std::uint16_t port = 0;
  };
  static Haven open_haven(std::uint16_t port);

  // Puts up to six sockets on the ports, those that the kernel lets us have.
  Scene(Random& random, const Ports& ports, const Haven& haven);

  // What was done, a line each: for the message of a failure.
  const std::string& story() const { return story_; }

 private:
  void add(Random& random, const Ports& ports, const Haven& haven);
  bool add_tcp(const SocketOptions& options, int kind, const Haven& haven);
  bool add_server_connection(const SocketOptions& options, int kind);
  bool add_client_connection(SocketOptions options, int kind, const Haven& haven);
  bool keep(std::expected<UniqueFd, int> socket);

  std::vector<UniqueFd> sockets_;
  std::string story_;
};

}  // namespace berth::live
