#include "discover/caddyfile_adapter.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "discover/words.h"

namespace berth::discover {
namespace {

// Addresses times hosts to bind: more than any server can open.
constexpr std::size_t most_shares = 100'000;

using Segment = std::vector<CaddyToken>;
using Texts = std::vector<std::string>;

// The arguments behind a segment's first word, up to its block.
Texts arguments_of(std::span<const CaddyToken> segment) {
  Texts texts;
  for (const auto& token : segment.subspan(1)) {
    if (token.text == "{" || on_new_line(segment.front(), token)) break;
    texts.push_back(token.text);
  }
  return texts;
}

// The lines of a segment's block, without what is in the blocks inside it.
std::vector<Segment> block_lines(const Segment& segment) {
  std::vector<Segment> lines;
  std::size_t depth = 0;
  for (const auto& token : segment) {
    if (token.text == "}" && depth > 0) --depth;
    if (depth == 1 && token.text != "{" && token.text != "}") {
      if (lines.empty() || on_new_line(lines.back().back(), token)) lines.emplace_back();
      lines.back().push_back(token);
    }
    if (token.text == "{") ++depth;
  }
  return lines;
}

// The HTTP versions among the arguments, each once.
Texts versions_of(const Segment& line) {
  Texts versions;
  for (auto& argument : arguments_of(line)) {
    const bool known = argument == "h1" || argument == "h2" || argument == "h2c" || argument == "h3";
    if (known && !has(versions, argument)) versions.push_back(std::move(argument));
  }
  return versions;
}

Texts protocols_in(const Segment& segment) {
  for (const auto& line : block_lines(segment)) {
    if (line.front().text == "protocols") return versions_of(line);
  }
  return {};
}

// `bind` and `default_bind`: hosts, perhaps with a network, and the protocols that their sockets are for.
struct Binding {
  Texts hosts;
  Texts protocols;
};

Binding binding_of(const Segment& segment) { return {arguments_of(segment), protocols_in(segment)}; }

struct Options {
  std::vector<Binding> bindings{{{""}, {}}};
  // The protocols of servers by one of their listeners; "" is for the other servers.
  std::map<std::string, Texts> server_protocols;
  bool auto_https_set = false;
  bool auto_https = true;
  bool redirects = true;
  bool default_name = false;
};

struct SiteKey {
  SiteAddress address;
  CaddyOrigin origin;
};

struct Site {
  std::vector<SiteKey> keys;
  std::vector<Binding> bindings;
  bool tls = false;
};

// The keys of one site that one listener serves.
struct Share {
  std::size_t site;
  std::vector<std::size_t> keys;
  friend auto operator<=>(const Share&, const Share&) = default;
};

bool is_lone_variable(std::string_view host) { return only_caddy_variables(host); }

class Adapter {
 public:
  explicit Adapter(const CaddyfileBlocks& caddyfile) : caddyfile_(caddyfile) {}

  AdaptedCaddyfile adapt() && {
    adapted_.problems = caddyfile_.problems;
    adapted_.config.admin.emplace().address = parse_caddy_address("localhost:2019", "");
    for (const auto& hole : caddyfile_.holes) add_gap(hole);
    for (std::size_t index = 0; index < caddyfile_.blocks.size(); ++index) {
      const auto& block = caddyfile_.blocks[index];
      for (const auto& segment : block.segments) {
        if (only_caddy_variables(segment.front().text)) add_gap(segment.front());
      }
      if (!block.keys.empty()) {
        sites_.push_back(site_of(block));
      } else if (index == 0) {
        for (const auto& segment : block.segments) read_option(segment);
      } else {
        report(block.segments.front().front(), "a block without an address must be the first one");
      }
    }
    make_servers();
    return std::move(adapted_);
  }

 private:
  CaddyOrigin origin_of(const CaddyToken& token) const {
    return {caddyfile_.files[token.file], token.line, token.text};
  }
  void report(const CaddyToken& where, std::string message) {
    adapted_.problems.push_back({caddyfile_.files[where.file], where.line, std::move(message)});
  }
  void add_gap(const CaddyToken& token) {
    adapted_.config.gaps.push_back({origin_of(token), caddy_variables(token.text)});
  }

  void read_option(const Segment& segment) {
    const auto& name = segment.front().text;
    const auto arguments = arguments_of(segment);
    auto& config = adapted_.config;
    if (name == "http_port" && !arguments.empty()) config.http_port = arguments.front();
    if (name == "https_port" && !arguments.empty()) config.https_port = arguments.front();
    if (name == "admin") read_admin(segment, arguments);
    if (name == "default_bind") read_default_bind(segment);
    if (name == "default_sni" || name == "fallback_sni") options_.default_name = true;
    if (name == "auto_https") {
      options_.auto_https_set = true;
      options_.auto_https = !has(arguments, "off");
      options_.redirects = !has(arguments, "disable_redirects");
    }
    if (name == "servers")
      options_.server_protocols.try_emplace(arguments.empty() ? "" : arguments.front(), protocols_in(segment));
  }

  void read_admin(const Segment& segment, const Texts& arguments) {
    auto& admin = adapted_.config.admin;
    if (!arguments.empty() && arguments.front() == "off") {
      admin.reset();
      return;
    }
    if (!admin) admin.emplace();
    admin->address = parse_caddy_address(arguments.empty() ? "localhost:2019" : arguments.front(), "0");
    admin->origin = origin_of(segment.front());
    if (!arguments.empty()) admin->origin.raw.append(" ").append(arguments.front());
  }

  void read_default_bind(const Segment& segment) {
    if (!default_bind_) options_.bindings.clear();
    default_bind_ = true;
    options_.bindings.push_back(binding_of(segment));
    if (options_.bindings.back().hosts.empty()) options_.bindings.back().hosts.emplace_back();
  }

  Site site_of(const CaddyBlock& block) {
    Site site;
    for (const auto& segment : block.segments) {
      if (segment.front().text == "tls") site.tls = true;
      if (segment.front().text == "bind") site.bindings.push_back(binding_of(segment));
    }
    for (const auto& key : block.keys) {
      auto address = parse_site_address(key.text);
      if (!address) {
        report(key, "'" + key.text.substr(0, 100) + "' is no address of a site");
      } else if (is_open(*address)) {
        add_gap(key);
      } else {
        site.keys.push_back({*std::move(address), origin_of(key)});
      }
    }
    return site;
  }

  // Nothing is known of its port.
  static bool is_open(const SiteAddress& address) {
    if (!caddy_variables(address.port).empty() || !caddy_variables(address.scheme).empty()) return true;
    return address.port.empty() && address.scheme.empty() && is_lone_variable(address.host);
  }

  const std::string& port_of(const SiteAddress& address) const {
    if (!address.port.empty()) return address.port;
    return address.scheme == "http" ? adapted_.config.http_port : adapted_.config.https_port;
  }

  // Which keys of which sites each listener serves, and in the order of Caddy: by address.
  void share_out() {
    for (std::size_t site = 0; site < sites_.size(); ++site) {
      const auto& bindings = sites_[site].bindings.empty() ? options_.bindings : sites_[site].bindings;
      for (std::size_t key = 0; key < sites_[site].keys.size(); ++key) {
        for (const auto& binding : bindings) {
          for (const auto& host : binding.hosts) share(site, key, host, binding.protocols);
        }
      }
    }
  }

  void share(std::size_t site, std::size_t key, const std::string& host, const Texts& protocols) {
    if (++shares_ > most_shares) return;
    auto address = parse_caddy_address(host, "");
    const auto& [site_address, origin] = sites_[site].keys[key];
    if (address.has_port()) address.port = port_of(site_address);
    auto& [listener, shares] = listeners_[to_string(address)];
    if (shares.empty()) {
      listener = {std::move(address), protocols, origin};
    } else if (protocols.empty() || listener.protocols.empty()) {
      listener.protocols.clear();
    } else {
      for (const auto& protocol : protocols) {
        if (!has(listener.protocols, protocol)) listener.protocols.push_back(protocol);
      }
    }
    if (shares.empty() || shares.back().site != site) shares.push_back({site, {}});
    if (shares.back().keys.empty() || shares.back().keys.back() != key) shares.back().keys.push_back(key);
  }

  // Listeners that serve exactly the same are one server.
  void make_servers() {
    share_out();
    if (shares_ > most_shares)
      adapted_.problems.push_back({caddyfile_.files.front(), 0, "there are too many listeners"});
    std::map<std::vector<Share>, std::size_t> indices;
    for (auto& [text, entry] : listeners_) {
      auto& servers = adapted_.config.servers;
      const auto [index, added] = indices.try_emplace(entry.second, servers.size());
      if (added) servers.emplace_back();
      servers[index->second].listeners.push_back(std::move(entry.first));
    }
    for (const auto& [shares, index] : indices) complete(adapted_.config.servers[index], shares);
  }

  void complete(CaddyServer& server, const std::vector<Share>& shares) const {
    server.auto_https = options_.auto_https;
    server.redirects = options_.redirects;
    server.protocols = protocols_of(server);
    const bool not_only_http = std::ranges::any_of(
        server.listeners, [&](const auto& listener) { return !has_port(listener.address, adapted_.config.http_port); });
    std::set<std::string_view> without_https;
    std::set<std::string_view> seen;
    bool qualifies = false;
    bool automatic = options_.auto_https;
    for (const auto& share : shares) {
      const auto& site = sites_[share.site];
      for (const auto key : share.keys) {
        const auto& address = site.keys[key].address;
        if (not_only_http && address.scheme == "http" && !address.host.empty()) without_https.insert(address.host);
      }
      for (const auto key : share.keys) {
        const auto& address = site.keys[key].address;
        const bool host = !address.host.empty() && !is_lone_variable(address.host);
        const bool marked = options_.auto_https_set || !without_https.empty();
        const bool tls = site.tls || (host && marked && !without_https.contains(address.host));
        const bool on_http_port = address.port == adapted_.config.http_port;
        qualifies |= address.scheme == "https" || (address.scheme != "http" && !on_http_port && tls);
        automatic &= address.port == adapted_.config.https_port || (host && !on_http_port);
        if (!address.host.empty() && seen.insert(address.host).second) server.hosts.push_back(address.host);
      }
    }
    server.tls = qualifies && (!automatic || options_.default_name);
    add_names(server, without_https);
  }

  static void add_names(CaddyServer& server, const std::set<std::string_view>& without_https) {
    for (const auto& host : server.hosts) {
      if (without_https.contains(host)) continue;
      if (!is_lone_variable(host)) {
        server.names.push_back(host);
      } else {
        std::ranges::move(caddy_variables(host), std::back_inserter(server.open_hosts));
      }
    }
  }

  // Those of the longest of its addresses that has options; else those for all servers.
  Texts protocols_of(const CaddyServer& server) const {
    auto best = options_.server_protocols.find("");
    for (const auto& listener : server.listeners) {
      const auto found = options_.server_protocols.find(to_string(listener.address));
      if (found == options_.server_protocols.end()) continue;
      if (best == options_.server_protocols.end() || found->first.size() > best->first.size()) best = found;
    }
    return best == options_.server_protocols.end() ? Texts{} : best->second;
  }

  const CaddyfileBlocks& caddyfile_;
  AdaptedCaddyfile adapted_;
  Options options_;
  bool default_bind_ = false;
  std::vector<Site> sites_;
  std::size_t shares_ = 0;
  std::map<std::string, std::pair<CaddyListener, std::vector<Share>>> listeners_;
};

bool is_port(std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<SiteAddress> parse_site_address(std::string_view text) {
  SiteAddress address;
  if (const auto end = text.find("://"); end != std::string_view::npos) {
    address.scheme = text.substr(0, end);
    text.remove_prefix(end + 3);
  }
  const bool open = !caddy_variables(address.scheme).empty();
  if (!open && !address.scheme.empty() && address.scheme != "http" && address.scheme != "https") return std::nullopt;
  const auto parsed = parse_caddy_address(text.substr(0, text.find('/')), "");
  address.host = parsed.host;
  if (!address.host.contains('{'))
    std::ranges::transform(address.host, address.host.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  address.port = parsed.port;
  const bool known = address.port.empty() || is_port(address.port) || !caddy_variables(address.port).empty();
  return known ? std::optional(address) : std::nullopt;
}

AdaptedCaddyfile adapt_caddyfile(const CaddyfileBlocks& caddyfile) { return Adapter(caddyfile).adapt(); }

}  // namespace berth::discover
