#include "discover/caddy_listeners.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "discover/caddyfile_syntax.h"
#include "discover/words.h"

namespace berth::discover {
namespace {

// A socket that Caddy opens: `address` without the transport protocol of its network.
struct Socket {
  CaddyAddress address;
  Protocol protocol = Protocol::tcp;
  const CaddyListener* listener;
  const CaddyServer* server;  // null for the administration
};

bool all_on(const CaddyServer& server, std::string_view port) {
  return std::ranges::all_of(server.listeners, [&](const auto& listener) { return has_port(listener.address, port); });
}

bool is_automatic(const CaddyServer& server, const CaddyConfig& config) {
  return server.auto_https && !all_on(server, config.http_port);
}

bool has_tls(const CaddyServer& server, const CaddyConfig& config) {
  if (server.tls || !is_automatic(server, config)) return server.tls;
  return !server.names.empty() || all_on(server, config.https_port);
}

class Sockets {
 public:
  explicit Sockets(const CaddyConfig& config) : config_(config) {}

  std::vector<Socket> collect() && {
    for (const auto& server : config_.servers) {
      for (const auto& listener : server.listeners) {
        if (has_port(listener.address, config_.http_port)) plain_.insert(listener.address.network);
      }
    }
    for (const auto& server : config_.servers) {
      for (const auto& listener : server.listeners) open(server, listener);
    }
    for (const auto& server : config_.servers) redirect_to(server);
    if (config_.admin && config_.admin->address.has_port())
      sockets_.push_back({config_.admin->address, Protocol::tcp, &*config_.admin, nullptr});
    return std::move(sockets_);
  }

 private:
  void open(const CaddyServer& server, const CaddyListener& listener) {
    if (!listener.address.has_port()) return;
    const auto& own = listener.protocols.empty() ? server.protocols : listener.protocols;
    const bool tls = has_tls(server, config_) && listener.address.port != config_.http_port;
    const bool tcp = own.empty() || has(own, "h1") || has(own, "h2c") || (has(own, "h2") && tls);
    const bool datagrams = listener.address.network.starts_with("udp");
    if (tcp && !datagrams) sockets_.push_back({listener.address, Protocol::tcp, &listener, &server});
    if (tls && (own.empty() || has(own, "h3")))
      sockets_.push_back({listener.address, Protocol::udp, &listener, &server});
  }

  // A name that several HTTPS listeners serve is redirected on the first one's address, and those on the HTTPS port.
  void redirect_to(const CaddyServer& server) {
    if (!is_automatic(server, config_) || !server.redirects || !has_tls(server, config_)) return;
    bool new_name = server.names.empty();
    for (const auto& name : server.names) new_name |= redirected_.insert(name).second;
    for (const auto& listener : server.listeners) {
      if (new_name || has_port(listener.address, config_.https_port)) redirect(server, listener);
      new_name = server.names.empty();
    }
  }

  void redirect(const CaddyServer& server, const CaddyListener& listener) {
    if (!listener.address.network.starts_with("tcp")) return;
    auto address = listener.address;
    address.port = config_.http_port;
    if (!plain_.contains(address.network)) sockets_.push_back({std::move(address), Protocol::tcp, &listener, &server});
  }

  const CaddyConfig& config_;
  // Networks where a server listens on the HTTP port anyway: on Linux, Caddy opens no other address of it for redirects
  // (hasListenerAddress in modules/caddyhttp/server.go of its source).
  std::set<std::string_view> plain_;
  std::set<std::string_view> redirected_;
  std::vector<Socket> sockets_;
};

// Go listens on both families if the address of a "tcp" or "udp" is unspecified, whichever family it is written in
// (pkg.go.dev/net#Listen), and prefers IPv4 for localhost.
std::optional<Address> address_of(const CaddyAddress& caddy) {
  const auto& network = caddy.network;
  if (!network.starts_with("tcp") && !network.starts_with("udp")) return std::nullopt;
  const bool only_ipv4 = network.ends_with('4');
  const bool only_ipv6 = network.ends_with('6');
  if (caddy.host == "localhost") return Address::parse(only_ipv6 ? "::1" : "127.0.0.1");
  const auto address = caddy.host.empty() ? Address() : Address::parse(caddy.host);
  if (!address || !address->is_wildcard()) return address;
  if (only_ipv4) return Address::ipv4({});
  return only_ipv6 ? Address::ipv6({}, true) : Address();
}

struct Ports {
  unsigned first = 0;
  unsigned last = 0;
};

std::optional<Ports> ports_of(std::string_view text) {
  constexpr unsigned highest = 65535;
  const auto dash = text.find('-');
  Ports ports;
  const auto read = [](std::string_view digits, unsigned& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() && number <= highest;
  };
  if (!read(text.substr(0, dash), ports.first)) return std::nullopt;
  ports.last = ports.first;
  if (dash != std::string_view::npos && !read(text.substr(dash + 1), ports.last)) return std::nullopt;
  if (ports.last < ports.first) return std::nullopt;
  return ports;
}

class Findings {
 public:
  Findings(const CaddyConfig& config, const std::string& path) : config_(config), path_(path) {}

  Discovery collect() && {
    for (const auto& gap : config_.gaps) add_gap(gap.origin, gap.variables, "");
    for (const auto& socket : Sockets(config_).collect()) add(socket);
    for (const auto& server : config_.servers) add_open_hosts(server);
    for (auto& [found, hosts] : entries_) {
      if (hosts.size() == 1) found.member = *hosts.begin();
      discovery_.found.push_back(std::move(found));
    }
    return std::move(discovery_);
  }

 private:
  using Key = std::tuple<std::string, std::string, Protocol>;

  Found found_at(const CaddyOrigin& origin) const {
    Found found;
    found.source = "caddy";
    found.group = "caddy";
    found.file = origin.file.empty() ? path_ : origin.file;
    found.line = origin.line;
    found.raw = origin.raw;
    return found;
  }

  void add_gap(const CaddyOrigin& origin, std::vector<std::string> variables, std::string why) {
    auto found = found_at(origin);
    found.state = Found::State::unresolved;
    found.variables = std::move(variables);
    found.why = std::move(why);
    entries_.emplace_back(std::move(found), std::set<std::string_view>{});
  }

  void add(const Socket& socket) {
    const auto& caddy = socket.address;
    const auto address = address_of(caddy);
    const auto [index, added] =
        indices_.try_emplace(Key(address ? address->to_string() : caddy.host, caddy.port, socket.protocol));
    if (added && add_entry(socket, address)) index->second = entries_.size() - 1;
    if (index->second) add_hosts(socket, entries_[*index->second].second);
  }

  // Two are enough to see that the endpoint belongs to none alone; a site without a host takes every host.
  static void add_hosts(const Socket& socket, std::set<std::string_view>& hosts) {
    if (socket.server == nullptr) {
      hosts.insert("admin");
    } else if (socket.server->hosts.empty()) {
      hosts.insert("");
    } else {
      for (const auto& host : socket.server->hosts | std::views::take(2)) hosts.insert(host);
    }
  }

  // False if the port is none.
  bool add_entry(const Socket& socket, const std::optional<Address>& address) {
    const auto& caddy = socket.address;
    const auto& origin = socket.listener->origin;
    const auto ports = ports_of(caddy.port);
    if (auto variables = caddy_variables(caddy.host + ":" + caddy.port); !variables.empty()) {
      add_gap(origin, std::move(variables), "");
    } else if (caddy.port.contains('{')) {
      add_gap(origin, {}, "the port " + caddy.port.substr(0, 100) + " is known to Caddy alone");
    } else if (!ports) {
      add_problem(origin, "'" + caddy.port.substr(0, 40) + "' is no port");
      return false;
    } else if (!address) {
      add_gap(origin, {}, "the address of " + caddy.host.substr(0, 100) + " is not known before Caddy looks it up");
    } else {
      auto found = found_at(origin);
      const PortRange range{static_cast<Port>(ports->first), static_cast<Port>(ports->last)};
      found.state = ports->first == 0 ? Found::State::ephemeral : Found::State::declared;
      if (ports->first != 0) found.endpoint = Endpoint{*address, socket.protocol, range};
      entries_.emplace_back(std::move(found), std::set<std::string_view>{});
    }
    return true;
  }

  void add_problem(const CaddyOrigin& origin, std::string message) {
    discovery_.problems.push_back({origin.file.empty() ? path_ : origin.file, origin.line, std::move(message)});
  }

  // The listener is known; whether it has HTTPS, and with it HTTP/3 and redirects, depends on the variable.
  void add_open_hosts(const CaddyServer& server) {
    if (server.open_hosts.empty() || has_tls(server, config_) || !is_automatic(server, config_)) return;
    add_gap(server.listeners.front().origin, server.open_hosts, "");
  }

  const CaddyConfig& config_;
  const std::string& path_;
  Discovery discovery_;
  // Into the entries; none for what is no endpoint.
  std::map<Key, std::optional<std::size_t>> indices_;
  std::vector<std::pair<Found, std::set<std::string_view>>> entries_;
};

}  // namespace

Discovery caddy_listeners(const CaddyConfig& config, const std::string& path) {
  return Findings(config, path).collect();
}

}  // namespace berth::discover
