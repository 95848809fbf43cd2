#include "discover/traefik_listeners.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace berth::discover {
namespace {

constexpr std::string_view internal_name = "traefik";

struct EntryPoint {
  std::string name;
  std::string address;
  unsigned line = 0;
  bool http3 = false;
};

bool is_path(const TraefikSetting& setting, std::initializer_list<std::string_view> path) {
  return std::ranges::equal(setting.path, path, same_word);
}

// A setting of that path, or of anything below it.
bool is_below(const TraefikSetting& setting, std::initializer_list<std::string_view> path) {
  return setting.path.size() >= path.size() && std::equal(path.begin(), path.end(), setting.path.begin(), same_word);
}

bool is_true(std::string_view value) { return value == "1" || same_word(value, "t") || same_word(value, "true"); }
bool is_false(std::string_view value) { return value == "0" || same_word(value, "f") || same_word(value, "false"); }

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto one) { return same_word(word, one); });
}

// Of all versions; in the dynamic configuration there are `http`, `tcp`, `udp` and `tls`.
bool is_static(const TraefikSetting& setting) {
  return is_any_of(setting.path.front(), {"entryPoints",
                                          "providers",
                                          "api",
                                          "log",
                                          "accessLog",
                                          "certificatesResolvers",
                                          "global",
                                          "ping",
                                          "metrics",
                                          "tracing",
                                          "serversTransport",
                                          "tcpServersTransport",
                                          "experimental",
                                          "core",
                                          "hostResolver",
                                          "pilot",
                                          "spiffe",
                                          "hub",
                                          "ocsp",
                                          "defaultEntryPoints",
                                          "docker",
                                          "acme",
                                          "web",
                                          "file",
                                          "logLevel",
                                          "debug",
                                          "kubernetes",
                                          "rest"});
}

bool is_of_version_1(const TraefikSetting& setting) {
  return is_any_of(setting.path.front(),
                   {"defaultEntryPoints", "docker", "acme", "web", "file", "logLevel", "debug", "kubernetes"});
}

// `--entryPoints='Name:web Address::80'` of version 1.
std::optional<EntryPoint> compact_entry_point(std::string_view text) {
  EntryPoint entry;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    const auto colon = word.find(':');
    if (same_word(word.substr(0, colon), "Name")) entry.name = word.substr(std::min(colon, word.size() - 1) + 1);
    if (same_word(word.substr(0, colon), "Address")) entry.address = word.substr(std::min(colon, word.size() - 1) + 1);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return entry.name.empty() ? std::nullopt : std::optional(entry);
}

class EntryPoints {
 public:
  explicit EntryPoints(const TraefikSettings& settings) : settings_(settings) {}

  std::vector<EntryPoint> collect() && {
    for (const auto& setting : settings_) read(setting);
    const bool declared = !entries_.empty();
    if (!declared) entries_.push_back({"http", ":80"});
    const bool internal = std::ranges::any_of(entries_, [](const auto& one) { return one.name == internal_name; });
    if (!internal && wants_internal()) entries_.push_back({std::string(internal_name), internal_address()});
    return std::move(entries_);
  }

 private:
  void read(const TraefikSetting& setting) {
    if (!is_below(setting, {"entryPoints"})) return;
    if (setting.path.size() == 1) {
      if (auto entry = compact_entry_point(setting.value)) entries_.push_back(*std::move(entry));
      return;
    }
    const auto [index, added] = indices_.try_emplace(setting.path[1], entries_.size());
    if (added) entries_.push_back({setting.path[1], "", setting.line});
    auto& entry = entries_[index->second];
    if (setting.path.size() < 3) return;
    if (same_word(setting.path[2], "address")) {
      entry.address = setting.value;
      entry.line = setting.line;
    }
    const bool below = setting.path.size() > 3;
    if (same_word(setting.path[2], "http3")) entry.http3 = below || !is_false(setting.value);
    // As it was called in 2.4 and 2.5.
    if (same_word(setting.path[2], "enableHTTP3")) entry.http3 = is_true(setting.value);
  }

  bool is_set(std::initializer_list<std::string_view> path) const {
    return std::ranges::any_of(settings_, [&](const auto& one) { return is_path(one, path) && is_true(one.value); });
  }

  // Whether a feature is on and has the entry point that is there for such: unless it says another, or none.
  bool has_internal(std::initializer_list<std::string_view> path) const {
    bool on = false;
    for (const auto& setting : settings_) {
      if (!is_below(setting, path)) continue;
      const std::string_view name = setting.path.size() > path.size() ? setting.path[path.size()] : std::string_view();
      if (name.empty() && is_false(setting.value)) return false;
      if (same_word(name, "entryPoint") && setting.value != internal_name) return false;
      if (same_word(name, "manualRouting") && is_true(setting.value)) return false;
      on = true;
    }
    return on;
  }

  bool wants_internal() const {
    const bool old = std::ranges::any_of(settings_, is_of_version_1);
    if (old && (has_internal({"api"}) || has_internal({"web"}) || has_internal({"rest"}))) return true;
    return is_set({"api", "insecure"}) || is_set({"providers", "rest", "insecure"}) || has_internal({"ping"}) ||
           has_internal({"metrics", "prometheus"});
  }

  std::string internal_address() const {
    const auto web = std::ranges::find_if(settings_, [](const auto& one) { return is_path(one, {"web", "address"}); });
    return web == settings_.end() ? ":8080" : web->value;
  }

  const TraefikSettings& settings_;
  std::vector<EntryPoint> entries_;
  std::map<std::string, std::size_t> indices_;
};

// Go listens on both families if the address is unspecified, whichever family it is written in (pkg.go.dev/net#Listen),
// and prefers IPv4 for localhost.
std::optional<Address> address_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return Address();
  if (host == "localhost") return Address::parse("127.0.0.1");
  const auto address = Address::parse(host);
  return address && address->is_wildcard() ? Address() : address;
}

std::optional<Port> port_of(std::string_view text) {
  Port port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

class Findings {
 public:
  explicit Findings(const std::string& file) : file_(file) {}

  void add(const EntryPoint& entry) {
    const std::string_view whole = entry.address;
    const auto slash = whole.find('/');
    const auto protocol = slash == std::string_view::npos ? "tcp" : whole.substr(slash + 1);
    if (same_word(protocol, "udp")) return add(entry, whole.substr(0, slash), Protocol::udp);
    if (!same_word(protocol, "tcp")) return problem(entry, "'" + entry.address.substr(0, 100) + "' has no protocol");
    add(entry, whole.substr(0, slash), Protocol::tcp);
    if (entry.http3) add(entry, whole.substr(0, slash), Protocol::udp);
  }
  Discovery discovery() && { return std::move(discovery_); }

 private:
  void problem(const EntryPoint& entry, std::string message) {
    discovery_.problems.push_back({file_, entry.line, "entry point " + entry.name + ": " + std::move(message)});
  }

  void add(const EntryPoint& entry, std::string_view where, Protocol protocol) {
    if (entry.address.empty()) return problem(entry, "it has no address");
    const auto colon = where.rfind(':');
    if (colon == std::string_view::npos) return problem(entry, "'" + entry.address.substr(0, 100) + "' has no port");
    Found found{.source = "traefik",
                .file = file_,
                .line = entry.line,
                .group = "traefik",
                .member = entry.name,
                .raw = entry.address};
    const auto port = port_of(where.substr(colon + 1));
    const auto address = address_of(where.substr(0, colon));
    if (!port) {
      found.why = "the port is not written as a number";
    } else if (!address) {
      found.why = "the address of " + std::string(where.substr(0, std::min(colon, 100UZ))) +
                  " is not known before Traefik looks it up";
    }
    if (!found.why.empty()) {
      found.state = Found::State::unresolved;
    } else if (*port == 0) {
      found.state = Found::State::ephemeral;
    } else {
      found.endpoint = Endpoint{*address, protocol, {*port, *port}};
    }
    discovery_.found.push_back(std::move(found));
  }

  const std::string& file_;
  Discovery discovery_;
};

}  // namespace

Discovery traefik_listeners(const TraefikSettings& settings, const std::string& file) {
  if (std::ranges::none_of(settings, is_static)) return {};
  Findings findings(file);
  for (const auto& entry : EntryPoints(settings).collect()) findings.add(entry);
  return std::move(findings).discovery();
}

}  // namespace berth::discover
