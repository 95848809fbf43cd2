#include "discover/apache.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/quote.h"
#include "discover/apache_conditions.h"
#include "discover/apache_listen.h"
#include "discover/apache_syntax.h"
#include "discover/findings.h"
#include "discover/inclusions.h"

namespace berth::discover {
namespace {

// As Apache (AP_MAX_INCLUDE_DIR_DEPTH); the others are berth's.
constexpr unsigned deepest_directory = 20;
constexpr unsigned most_directories = 10'000;
constexpr std::size_t deepest_section = 1'000;

const std::vector<std::string>& main_files() {
  static const std::vector<std::string> names{"apache2.conf", "httpd.conf"};
  return names;
}

bool is_main_file(std::string_view name) { return std::ranges::find(main_files(), name) != main_files().end(); }

bool is_condition(std::string_view section) {
  return section == "ifmodule" || section == "ifdefine" || section == "iffile" || section == "ifversion" ||
         section == "ifdirective" || section == "ifsection";
}

// What surrounds a directive.
struct Scope {
  Truth holds = Truth::yes;
  std::string doubt = {};      // the innermost section of which it is unknown whether it holds
  std::string container = {};  // a section inside which nothing listens: <VirtualHost *:80>
  bool in_macro = false;
};

struct Section {
  std::string name;
  Scope scope;
};

// One Apache, from its first file on.
class Reading {
 public:
  Reading(const FileTree& tree, Findings& findings) : tree_(tree), inclusions_(tree), findings_(findings) {}

  void run(const std::string& path) {
    auto home = parent_of(path);
    if (!is_main_file(name_of(path))) {
      home = directory_above(tree_, path, main_files()).value_or(home);
      conditions_.note_gap();
    }
    server_root_ = name_of(home) == "conf" ? parent_of(home) : home;
    const auto environment = tree_.read(home + "/envvars");
    if (environment && *environment) conditions_.set_environment(read_assignments(**environment));
    if (const auto error = read_file(path, {})) findings_.add_problem(path, 0, *error);
  }

 private:
  // Why not, if it cannot be read.
  std::optional<std::string> read_file(const std::string& path, const Scope& scope) {
    const auto text = inclusions_.enter(path);
    if (!text) return text.error();
    ApacheReader reader(**text);
    std::vector<Section> sections;
    while (const auto statement = reader.next()) {
      if (findings_.is_full() || !take(path, *statement, sections, scope)) break;
    }
    inclusions_.leave();
    return std::nullopt;
  }

  bool take(const std::string& path, const ApacheStatement& statement, std::vector<Section>& sections,
            const Scope& outermost) {
    const auto& scope = sections.empty() ? outermost : sections.back().scope;
    switch (statement.kind) {
      case ApacheStatement::Kind::directive:
        if (scope.holds != Truth::no) obey(path, statement, Scope(scope));
        return true;
      case ApacheStatement::Kind::opens:
        if (sections.size() >= deepest_section) {
          findings_.add_problem(path, statement.line, "sections are nested too deeply");
          return false;
        }
        sections.push_back({statement.name, inside(scope, statement)});
        return true;
      case ApacheStatement::Kind::closes:
        leave(path, statement, sections);
        return true;
    }
    return true;
  }

  void leave(const std::string& path, const ApacheStatement& statement, std::vector<Section>& sections) {
    const auto open = std::ranges::find(sections.rbegin(), sections.rend(), statement.name, &Section::name);
    if (open == sections.rend() || open != sections.rbegin()) {
      findings_.add_problem(path, statement.line, quote(statement.text) + " closes nothing that is open here");
    }
    if (open != sections.rend()) sections.erase(std::prev(open.base()), sections.end());
  }

  Scope inside(const Scope& scope, const ApacheStatement& statement) const {
    Scope inner = scope;
    if (statement.name == "macro") {
      inner.in_macro = true;
    } else if (!is_condition(statement.name)) {
      inner.container = statement.text;
    } else if (scope.holds != Truth::no) {
      const auto holds = evaluate(statement);
      inner.holds = both(scope.holds, holds);
      if (holds == Truth::unknown) inner.doubt = statement.text;
    }
    return inner;
  }

  Truth evaluate(const ApacheStatement& statement) const {
    const auto [text, unknown] = conditions_.expand(statement.arguments);
    if (!unknown.empty()) return Truth::unknown;
    const auto words = apache_words(text);
    if (words.empty()) return Truth::unknown;
    const bool is_negated = words[0].starts_with('!');
    const auto operand = words[0].substr(is_negated ? 1 : 0);
    const auto holds = holds_of(statement.name, operand);
    return is_negated ? !holds : holds;
  }

  Truth holds_of(std::string_view section, const std::string& operand) const {
    if (section == "ifmodule") return conditions_.is_loaded(operand);
    if (section == "ifdefine") return conditions_.is_defined(operand);
    if (section != "iffile") return Truth::unknown;
    const auto path = resolve(server_root_, operand);
    if (const auto names = tree_.list(path); names && *names) return Truth::yes;
    const auto text = tree_.read(path);
    return text && !*text ? Truth::no : Truth::yes;
  }

  void obey(const std::string& path, const ApacheStatement& statement, const Scope& scope) {
    const auto& name = statement.name;
    if (name == "listen") return listen(path, statement, scope);
    if (scope.in_macro) return;
    if (name == "include" || name == "includeoptional") return include(path, statement, scope);
    const auto [text, unknown] = conditions_.expand(statement.arguments);
    const auto words = apache_words(text);
    if (words.empty()) return;
    if (name == "define") {
      const auto value = words.size() > 1 ? words[1] : std::string();
      conditions_.define(words[0], value, unknown.empty() ? scope.holds : both(scope.holds, Truth::unknown));
    }
    if (name == "undefine") conditions_.undefine(words[0], scope.holds);
    if (name == "loadmodule" && words.size() > 1) conditions_.load_module(words[0], words[1], scope.holds);
    if (name == "serverroot") server_root_ = resolve(server_root_, words[0]);
  }

  void listen(const std::string& path, const ApacheStatement& statement, const Scope& scope) {
    if (!scope.container.empty() && !scope.in_macro) {
      findings_.add_problem(path, statement.line, "Listen is not allowed inside " + quote(scope.container));
      return;
    }
    Found found{
        .source = "apache", .file = path, .line = statement.line, .group = "apache", .raw = excerpt(statement.text)};
    const auto [text, unknown] = conditions_.expand(statement.arguments);
    if (scope.in_macro) {
      found.why = "it is part of a macro";
    } else if (!unknown.empty()) {
      found.variables = unknown;
    } else if (scope.holds == Truth::unknown) {
      found.why = "the files do not say whether Apache obeys " + quote(scope.doubt);
    } else {
      auto listener = parse_apache_listen(apache_words(text));
      if (!listener) return findings_.add_problem(path, statement.line, std::move(listener.error()));
      found.why = std::move(listener->why);
      if (listener->kind == Listener::Kind::endpoint) found.endpoint = listener->endpoint;
    }
    if (!found.endpoint) found.state = Found::State::unresolved;
    if (!found.endpoint || is_new(*found.endpoint)) findings_.add(std::move(found));
  }

  void include(const std::string& path, const ApacheStatement& statement, const Scope& scope) {
    const auto [text, unknown] = conditions_.expand(statement.arguments);
    const auto words = apache_words(text);
    if (words.empty()) return;
    if (!unknown.empty()) {
      conditions_.note_gap();
      findings_.add_problem(path, statement.line, "what it includes depends on the variable " + unknown.front());
      return;
    }
    const bool is_optional = statement.name == "includeoptional";
    const auto files = glob(tree_, resolve(server_root_, words[0]));
    if (files.empty() && !is_optional)
      findings_.add_problem(path, statement.line, quote(words[0]) + " matches no file");
    for (const auto& file : files) {
      if (exhausted_ || findings_.is_full()) return;
      include_one({path, statement.line, is_optional}, file, scope, 0);
    }
  }

  struct Origin {
    const std::string& file;
    unsigned line;
    bool is_optional;
  };

  // A file, or all that are in a directory.
  void include_one(const Origin& origin, const std::string& path, const Scope& scope, unsigned depth) {
    const auto names = tree_.list(path);
    if (names && *names) {
      if (depth >= deepest_directory || ++directories_ > most_directories) {
        return complain(origin, path, "too many directories are included");
      }
      for (const auto& name : **names) {
        if (exhausted_) return;
        include_one(origin, resolve(path, name), scope, depth + 1);
      }
      return;
    }
    if (const auto error = read_file(path, scope)) complain(origin, path, *error);
  }

  void complain(const Origin& origin, const std::string& path, const std::string& why) {
    const auto text = tree_.read(path);
    if (origin.is_optional && text && !*text) return;
    conditions_.note_gap();
    exhausted_ = inclusions_.is_exhausted() || directories_ > most_directories;
    findings_.add_problem(origin.file, origin.line, path + ": " + why);
  }

  // Whether nothing has opened it yet. Apache leaves 0.0.0.0 out where it listens at all addresses of both families.
  bool is_new(const Endpoint& endpoint) {
    const auto port = endpoint.ports.first;
    const bool is_covered = endpoint.address == any_ipv4() &&
                            (opened_.contains({Address(), port}) || opened_.contains({any_ipv6(false), port}));
    return !is_covered && opened_.emplace(endpoint.address, port).second;
  }

  const FileTree& tree_;
  Inclusions inclusions_;
  Findings& findings_;
  ApacheConditions conditions_;
  std::string server_root_;
  std::set<std::pair<Address, Port>> opened_;
  unsigned directories_ = 0;
  bool exhausted_ = false;
};

}  // namespace

bool ApacheDiscoverer::recognizes(std::string_view name) const { return is_main_file(name); }

std::vector<std::string> ApacheDiscoverer::usual_files() const {
  return {"/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/usr/local/apache2/conf/httpd.conf"};
}

Discovery ApacheDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Findings findings;
  for (const auto& path : paths) Reading(tree, findings).run(path);
  return findings.take();
}

}  // namespace berth::discover
