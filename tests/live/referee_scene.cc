#include "live/referee_scene.h"

#include <array>
#include <string_view>
#include <utility>

namespace berth::live {
namespace {

struct Place {
  std::string_view address;
  bool v6only;
};

constexpr std::array<Place, 9> places{{
    {"0.0.0.0", false},
    {"127.0.0.1", false},
    {"127.0.0.2", false},
    {"::", false},
    {"::", true},
    {"::1", false},
    {"::1", true},
    {"::ffff:127.0.0.1", false},
    {"::ffff:0.0.0.0", false},
}};

enum Kind : std::uint8_t {
  bound,
  listening,
  listening_with_connection,
  accepted,             // the listener is gone
  accepted_time_wait,   // the server closed first, and the listener is gone
  listening_time_wait,  // the same, but the listener is there
  connected,
  connected_time_wait,    // the client closed first
  connected_half_closed,  // the client is gone, the other end still open: FIN_WAIT2
  autobound,              // connected without a bind before
  autobound_time_wait,
  kind_count,
};

constexpr std::array<std::string_view, kind_count> kind_names{
    "bound",
    "listening",
    "listening with a connection",
    "accepted",
    "accepted, TIME_WAIT",
    "listening with one in TIME_WAIT",
    "connected",
    "connected, TIME_WAIT",
    "connected, half closed",
    "connected without a bind",
    "connected without a bind, TIME_WAIT",
};

int pick(Random& random, int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); }
bool flip(Random& random) { return pick(random, 2) == 0; }

std::string reachable(const SocketOptions& options) {
  if (options.address == "::") return options.v6only ? "::1" : "127.0.0.1";
  if (options.address.ends_with("0.0.0.0")) return "127.0.0.1";
  if (options.address.starts_with("::ffff:")) return options.address.substr(7);
  return options.address;
}

// A client can only go where its own socket can.
std::string target_of(const SocketOptions& options) {
  auto target = reachable(options);
  if (options.address.contains(':') && !target.contains(':')) target = "::ffff:" + target;
  return target;
}

std::string describe(const SocketOptions& options, std::string_view kind, bool done) {
  std::string text = options.transport == Transport::tcp ? "tcp " : "udp ";
  text.append(options.address).append(":").append(std::to_string(options.port)).append(" ").append(kind);
  if (options.v6only) text.append(", v6only");
  if (options.reuse_address) text.append(", REUSEADDR");
  if (options.reuse_port) text.append(", REUSEPORT");
  return text.append(done ? "\n" : " (refused)\n");
}

}  // namespace

Scene::Haven Scene::open_haven(std::uint16_t port) {
  Haven haven;
  haven.port = port;
  if (auto tcp = listen_on({.address = "::", .port = port}); tcp) haven.tcp = std::move(*tcp);
  if (auto udp = bind_socket({.address = "::", .port = port, .transport = Transport::udp}); udp) {
    haven.udp = std::move(*udp);
  }
  return haven;
}

Scene::Scene(Random& random, const Ports& ports, const Haven& haven) {
  for (int count = 1 + pick(random, 6); count > 0; --count) add(random, ports, haven);
}

void Scene::add(Random& random, const Ports& ports, const Haven& haven) {
  const auto& place = places.at(static_cast<std::size_t>(pick(random, places.size())));
  SocketOptions options;
  options.address = place.address;
  options.v6only = place.v6only;
  options.port = static_cast<std::uint16_t>(ports.first + pick(random, ports.count));
  options.transport = pick(random, 4) == 0 ? Transport::udp : Transport::tcp;
  options.reuse_address = flip(random);
  options.reuse_port = pick(random, 4) == 0;
  if (options.transport == Transport::tcp) {
    const int kind = pick(random, kind_count);
    const bool done = add_tcp(options, kind, haven);
    story_ += describe(options, kind_names.at(static_cast<std::size_t>(kind)), done);
  } else if (flip(random)) {
    story_ += describe(options, "bound", keep(bind_socket(options)));
  } else {
    story_ += describe(options, "connected", keep(connect_from(options, target_of(options), haven.port)));
  }
}

bool Scene::keep(std::expected<UniqueFd, int> socket) {
  if (!socket) return false;
  sockets_.push_back(std::move(*socket));
  return true;
}

bool Scene::add_tcp(const SocketOptions& options, int kind, const Haven& haven) {
  switch (kind) {
    case bound:
      return keep(bind_socket(options));
    case listening:
      return keep(listen_on(options));
    case listening_with_connection:
    case accepted:
    case accepted_time_wait:
    case listening_time_wait:
      return add_server_connection(options, kind);
    default:
      return add_client_connection(options, kind, haven);
  }
}

bool Scene::add_server_connection(const SocketOptions& options, int kind) {
  auto listener = listen_on(options);
  if (!listener) return false;
  const auto target = reachable(options);
  const SocketOptions from{.address = target.contains(':') ? "::" : "0.0.0.0"};
  auto client = connect_from(from, target, options.port);
  auto server = client ? accept_from(*listener) : std::unexpected(0);
  if (!server) return false;
  if (kind == accepted_time_wait || kind == listening_time_wait) {
    close_in_order(std::move(*server), std::move(*client));
  } else {
    keep(std::move(server));
    keep(std::move(client));
  }
  if (kind == listening_with_connection || kind == listening_time_wait) keep(std::move(listener));
  return true;
}

bool Scene::add_client_connection(SocketOptions options, int kind, const Haven& haven) {
  options.autobind = kind == autobound || kind == autobound_time_wait;
  auto client = connect_from(options, target_of(options), haven.port);
  if (!client) return false;
  auto server = accept_from(haven.tcp);
  if (!server) return false;
  if (kind == connected_time_wait || kind == autobound_time_wait) {
    close_in_order(std::move(*client), std::move(*server));
    return true;
  }
  if (kind == connected || kind == autobound) keep(std::move(client));
  return keep(std::move(server));
}

}  // namespace berth::live
