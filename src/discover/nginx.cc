#include "discover/nginx.h"

#include <algorithm>
#include <utility>

#include "core/quote.h"
#include "discover/findings.h"
#include "discover/inclusions.h"
#include "discover/nginx_listen.h"
#include "discover/nginx_sockets.h"
#include "discover/nginx_syntax.h"

namespace berth::discover {
namespace {

constexpr std::size_t most_of_a_site = 4'000;

// Where in the configuration a statement is.
struct Place {
  enum class Level : std::uint8_t { top, module, server, elsewhere };
  Level level = Level::top;
  NginxModule module = NginxModule::http;
};
using Level = Place::Level;

// The place inside a block that begins at `place`.
Place inside(Place place, const std::vector<std::string>& words) {
  const auto& name = words.front();
  if (place.level == Level::top) {
    if (name == "http") return {Level::module, NginxModule::http};
    if (name == "stream") return {Level::module, NginxModule::stream};
    if (name == "mail") return {Level::module, NginxModule::mail};
    if (name == "rtmp") return {Level::module, NginxModule::rtmp};
  }
  const bool may_have_servers = place.level == Level::top || place.level == Level::module;
  if (may_have_servers && name == "server" && words.size() == 1) return {Level::server, place.module};
  return {Level::elsewhere, place.module};
}

// One that a port could be called after.
bool is_natural(const std::string& name) {
  constexpr std::size_t longest = 253;  // of a host name
  return !name.empty() && name.size() <= longest && name != "_" && name != "localhost" &&
         name.find_first_of("*~$") == std::string::npos && !name.starts_with('.');
}

std::string as_written(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

// One nginx, from its first file on.
class Reading {
 public:
  Reading(const FileTree& tree, Findings& findings) : tree_(tree), inclusions_(tree), findings_(findings) {}

  void run(const std::string& path) {
    home_ = name_of(path) == "nginx.conf" ? parent_of(path)
                                          : directory_above(tree_, path, {"nginx.conf"}).value_or(parent_of(path));
    if (const auto error = read_file(path, {})) findings_.add_problem(path, 0, *error);
    sockets_.report(findings_);
  }

 private:
  struct Site {
    NginxModule module = NginxModule::http;
    std::string file;
    unsigned line = 0;
    std::string name = {};
    bool listens = false;
    // A file that is included in it could not be read, or not to its end.
    bool has_gap = false;
    std::vector<std::pair<NginxListen, Found>> declared = {};
  };

  // Why not, if it cannot be read.
  std::optional<std::string> read_file(const std::string& path, Place place) {
    const auto text = inclusions_.enter(path);
    if (!text) return text.error();
    read_statements(path, **text, place);
    inclusions_.leave();
    return std::nullopt;
  }

  void read_statements(const std::string& path, std::string_view text, Place base) {
    NginxReader reader(text);
    std::vector<Place> places{base};
    while (!findings_.is_full()) {
      auto statement = reader.next();
      if (!statement) {
        findings_.add_problem(path, statement.error().line, statement.error().message);
        site_.has_gap = true;
        break;
      }
      if (!*statement) {
        if (places.size() == 1) return;
        findings_.add_problem(path, reader.line(), "the file ends before a closing '}'");
        site_.has_gap = true;
        break;
      }
      if (!take(path, **statement, places)) break;
    }
    while (places.size() > 1) close(places);
  }

  bool take(const std::string& path, const NginxStatement& statement, std::vector<Place>& places) {
    const auto place = places.back();
    switch (statement.kind) {
      case NginxStatement::Kind::opens:
        places.push_back(inside(place, statement.words));
        if (places.back().level == Level::server) {
          site_ = Site{.module = places.back().module, .file = path, .line = statement.line};
        }
        return true;
      case NginxStatement::Kind::closes:
        if (places.size() == 1) {
          findings_.add_problem(path, statement.line, "unexpected '}'");
          return false;
        }
        close(places);
        return true;
      case NginxStatement::Kind::simple:
        if (place.level != Level::elsewhere) obey(path, statement, place);
        return true;
    }
    return true;
  }

  void obey(const std::string& path, const NginxStatement& statement, Place place) {
    const auto& words = statement.words;
    if (words[0] == "include" && words.size() == 2) include(path, statement, place);
    if (place.level != Level::server) return;
    if (words[0] == "listen") listen(path, statement);
    if (words[0] == "server_name" && site_.name.empty()) {
      const auto name = std::find_if(words.begin() + 1, words.end(), is_natural);
      if (name != words.end()) site_.name = *name;
    }
  }

  void include(const std::string& path, const NginxStatement& statement, Place place) {
    if (inclusions_.is_exhausted() && std::exchange(told_, true)) return;
    for (const auto& file : glob(tree_, resolve(home_, statement.words[1]))) {
      if (findings_.is_full()) return;
      const auto error = read_file(file, place);
      if (!error) continue;
      if (place.level == Level::server) site_.has_gap = true;
      findings_.add_problem(path, statement.line, file + ": " + *error);
      if (inclusions_.is_exhausted()) return;
    }
  }

  void listen(const std::string& path, const NginxStatement& statement) {
    site_.listens = true;
    if (site_.declared.size() >= most_of_a_site) return complain_of_many(path, statement.line);
    auto parsed = parse_nginx_listen(statement.words, site_.module);
    if (!parsed) {
      findings_.add_problem(path, statement.line, std::move(parsed.error()));
      return;
    }
    Found found{.source = "nginx", .file = path, .line = statement.line, .group = "nginx"};
    found.raw = excerpt(as_written(statement.words));
    site_.declared.emplace_back(std::move(*parsed), std::move(found));
  }

  void complain_of_many(const std::string& path, unsigned line) {
    if (std::exchange(is_full_, true)) return;
    findings_.add_problem(path, line, "too many listen directives; the rest is left out");
  }

  void close(std::vector<Place>& places) {
    const auto level = places.back().level;
    places.pop_back();
    if (level != Level::server) return;
    if (!site_.listens) listen_by_default();
    for (auto& [listen, found] : std::exchange(site_.declared, {})) declare(listen, std::move(found));
  }

  void listen_by_default() {
    Found found{.source = "nginx", .file = site_.file, .line = site_.line, .group = "nginx", .raw = "server"};
    if (site_.has_gap) {
      Listener unknown{.kind = Listener::Kind::unresolved, .why = "not all that belongs to this server could be read"};
      site_.declared.emplace_back(NginxListen{std::move(unknown)}, std::move(found));
    } else if (site_.module == NginxModule::http) {
      Listener listener{.endpoint = {any_ipv4(), Protocol::tcp, {80, 80}}};
      site_.declared.emplace_back(NginxListen{std::move(listener)}, std::move(found));
    } else {
      findings_.add_problem(site_.file, site_.line, "the server has no listen directive");
    }
  }

  void declare(NginxListen& listen, Found found) {
    found.member = site_.name;
    switch (listen.listener.kind) {
      case Listener::Kind::endpoint:
        if (!sockets_.add(site_.module, listen, std::move(found))) complain_of_many(site_.file, site_.line);
        return;
      case Listener::Kind::no_port:
        return;
      case Listener::Kind::ephemeral:
        found.state = Found::State::ephemeral;
        break;
      case Listener::Kind::unresolved:
        found.state = Found::State::unresolved;
        found.variables = std::move(listen.listener.variables);
        found.why = std::move(listen.listener.why);
        break;
    }
    findings_.add(std::move(found));
  }

  const FileTree& tree_;
  Inclusions inclusions_;
  Findings& findings_;
  NginxSockets sockets_;
  std::string home_;  // what includes are relative to
  Site site_;         // servers are not nested
  bool told_ = false;
  bool is_full_ = false;
};

}  // namespace

bool NginxDiscoverer::recognizes(std::string_view name) const { return name == "nginx.conf"; }

std::vector<std::string> NginxDiscoverer::usual_files() const {
  return {"/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/usr/local/openresty/nginx/conf/nginx.conf"};
}

Discovery NginxDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Findings findings;
  for (const auto& path : paths) Reading(tree, findings).run(path);
  return findings.take();
}

}  // namespace berth::discover
