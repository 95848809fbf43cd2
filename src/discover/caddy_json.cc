#include "discover/caddy_json.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "json/json_tree.h"

namespace berth::discover {
namespace {

using Value = json::JsonTree::Value;
using Type = json::JsonTree::Type;

std::optional<Value> find(std::optional<Value> value, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (!value || !value->is(Type::object)) return std::nullopt;
    value = value->find(name);
  }
  return value;
}

bool is_true(const std::optional<Value>& value) { return value && value->source() == "true"; }

std::vector<std::string> strings_in(const std::optional<Value>& value) {
  std::vector<std::string> strings;
  if (!value || !value->is(Type::array)) return strings;
  for (const auto element : value->children()) {
    if (element.is(Type::string)) strings.emplace_back(element.string());
  }
  return strings;
}

std::string number_or(const std::optional<Value>& value, const std::string& fallback) {
  return value && value->is(Type::number) && value->source() != "0" ? std::string(value->source()) : fallback;
}

class JsonReader {
 public:
  JsonReader(std::string_view text, const std::string& path, Value root) : text_(text), path_(path), root_(root) {}

  CaddyConfig read() {
    CaddyConfig config;
    const auto http = find(root_, {"apps", "http"});
    config.http_port = number_or(find(http, {"http_port"}), config.http_port);
    config.https_port = number_or(find(http, {"https_port"}), config.https_port);
    read_admin(config);
    if (const auto servers = find(http, {"servers"}); servers && servers->is(Type::object)) {
      for (const auto server : servers->children()) {
        auto read = server_of(server);
        if (!read.listeners.empty()) config.servers.push_back(std::move(read));
      }
    }
    return config;
  }

 private:
  // Values come in the order of the text, most of them: lines are counted from the last one.
  CaddyOrigin origin_of(const Value& value) {
    const auto offset = std::min(value.offset(), text_.size());
    if (offset < counted_) {
      counted_ = 0;
      line_ = 1;
    }
    line_ += static_cast<unsigned>(std::ranges::count(text_.substr(counted_, offset - counted_), '\n'));
    counted_ = offset;
    return {path_, line_, std::string(value.string())};
  }

  void read_admin(CaddyConfig& config) {
    if (is_true(find(root_, {"admin", "disabled"}))) return;
    auto& admin = config.admin.emplace();
    const auto listen = find(root_, {"admin", "listen"});
    const bool written = listen && listen->is(Type::string) && !listen->string().empty();
    admin.address = parse_caddy_address(written ? listen->string() : "localhost:2019", "0");
    if (written) admin.origin = origin_of(*listen);
  }

  CaddyServer server_of(const Value& value) {
    CaddyServer server;
    read_listeners(value, server);
    server.protocols = strings_in(find(value, {"protocols"}));
    const auto policies = find(value, {"tls_connection_policies"});
    server.tls = policies && policies->is(Type::array) && policies->children().begin() != policies->children().end();
    server.auto_https = !is_true(find(value, {"automatic_https", "disable"}));
    server.redirects = !is_true(find(value, {"automatic_https", "disable_redirects"}));
    server.hosts = hosts_of(find(value, {"routes"}));
    auto skipped = strings_in(find(value, {"automatic_https", "skip"}));
    std::ranges::sort(skipped);
    std::ranges::copy_if(server.hosts, std::back_inserter(server.names),
                         [&](const auto& host) { return !std::ranges::binary_search(skipped, host); });
    return server;
  }

  void read_listeners(const Value& value, CaddyServer& server) {
    const auto listen = find(value, {"listen"});
    if (!listen || !listen->is(Type::array)) return;
    for (const auto address : listen->children()) {
      if (!address.is(Type::string)) continue;
      server.listeners.push_back({parse_caddy_address(address.string(), "0"), {}, origin_of(address)});
    }
    const auto protocols = find(value, {"listen_protocols"});
    if (!protocols || !protocols->is(Type::array)) return;
    auto listener = server.listeners.begin();
    for (const auto own : protocols->children()) {
      if (listener == server.listeners.end()) return;
      auto names = strings_in(own);
      // "" stands for the server's.
      if (std::ranges::find(names, "") == names.end()) listener->protocols = std::move(names);
      ++listener;
    }
  }

  static std::vector<std::string> hosts_of(const std::optional<Value>& routes) {
    std::vector<std::string> hosts;
    if (!routes || !routes->is(Type::array)) return hosts;
    for (const auto route : routes->children()) {
      const auto matchers = find(route, {"match"});
      if (!matchers || !matchers->is(Type::array)) continue;
      for (const auto matcher : matchers->children())
        std::ranges::move(strings_in(find(matcher, {"host"})), std::back_inserter(hosts));
    }
    return hosts;
  }

  std::string_view text_;
  const std::string& path_;
  Value root_;
  std::size_t counted_ = 0;
  unsigned line_ = 1;
};

}  // namespace

std::expected<CaddyConfig, Problem> parse_caddy_json(std::string_view text, const std::string& path) {
  const auto tree = json::JsonTree::parse(text);
  if (!tree) {
    const auto before = text.substr(0, tree.error().offset);
    return std::unexpected(
        Problem{path, static_cast<unsigned>(std::ranges::count(before, '\n')) + 1, tree.error().message});
  }
  if (!tree->root().is(Type::object)) return std::unexpected(Problem{path, 1, "the configuration is no JSON object"});
  return JsonReader(text, path, tree->root()).read();
}

}  // namespace berth::discover
