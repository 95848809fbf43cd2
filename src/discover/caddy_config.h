// What decides which sockets Caddy opens, whether it was written as a Caddyfile or as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

// Where something is written, and the text.
struct CaddyOrigin {
  std::string file;
  unsigned line = 0;
  std::string raw;
};

// NETWORK/HOST:PORT, or NETWORK/HOST where the network has no ports
// (caddyserver.com/docs/conventions#network-addresses). Placeholders stay as they are written.
struct CaddyAddress {
  std::string network = "tcp";
  std::string host;
  // "443", or "8080-8085".
  std::string port;

  bool has_port() const { return !network.starts_with("unix") && !network.starts_with("fd"); }
  friend bool operator==(const CaddyAddress&, const CaddyAddress&) = default;
};
// As Caddy writes it: "tcp" is left out.
std::string to_string(const CaddyAddress& address);

// `fallback`: the port if it has none.
CaddyAddress parse_caddy_address(std::string_view text, std::string_view fallback);

// Whether `port`, which is no range, is among the ports of `address`.
bool has_port(const CaddyAddress& address, std::string_view port);

struct CaddyListener {
  CaddyAddress address;
  // h1, h2, h2c, h3; the server's if there are none.
  std::vector<std::string> protocols;
  CaddyOrigin origin;
};

// A server as of Caddy's JSON: the sites that share all their listeners.
struct CaddyServer {
  std::vector<CaddyListener> listeners;
  // h1, h2 and h3 if there are none.
  std::vector<std::string> protocols;
  // Names that have automatic HTTPS, if the server has it.
  std::vector<std::string> names;
  // All hosts that it serves, for people: also those without HTTPS.
  std::vector<std::string> hosts;
  // TLS without regard to automatic HTTPS.
  bool tls = false;
  bool auto_https = true;
  bool redirects = true;
  // Variables that are the whole host of a site: without a value it would be every host, and that decides on HTTPS.
  std::vector<std::string> open_hosts;
};

// A part of the configuration whose meaning depends on variables that have no value here.
struct CaddyGap {
  CaddyOrigin origin;
  std::vector<std::string> variables;
};

struct CaddyConfig {
  std::string http_port = "80";
  std::string https_port = "443";
  std::vector<CaddyServer> servers;
  // None if it is switched off.
  std::optional<CaddyListener> admin;
  std::vector<CaddyGap> gaps;
};

}  // namespace berth::discover
