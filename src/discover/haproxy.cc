#include "discover/haproxy.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/quote.h"
#include "discover/findings.h"
#include "discover/haproxy_bind.h"
#include "discover/haproxy_conditions.h"
#include "discover/haproxy_section.h"
#include "discover/haproxy_syntax.h"
#include "discover/inclusions.h"
#include "discover/words.h"

namespace berth::discover {
namespace {

using SectionKind = HaproxySectionKind;
using Words = std::span<const std::string>;

constexpr std::string_view debian_file = "/etc/haproxy/haproxy.cfg";

std::string after(Words words, std::string_view word) {
  const auto at = std::ranges::find(words, word);
  return at == words.end() || at + 1 == words.end() ? std::string() : *(at + 1);
}

// One HAProxy, with all its files.
class Reading {
 public:
  Reading(const FileTree& tree, Findings& findings) : tree_(tree), inclusions_(tree), findings_(findings) {}

  void run(const std::string& path) {
    for (const auto& file : files_of(path)) read_file(file);
    section_.report(findings_);
  }

 private:
  // The file, and what the unit of Debian adds.
  std::vector<std::string> files_of(const std::string& path) {
    if (path != debian_file) return {path};
    const auto text = tree_.read("/etc/default/haproxy");
    if (!text || !*text) return {path};
    variables_ = read_assignments(**text);
    std::vector<std::string> files{path};
    if (const auto config = variables_.find("CONFIG"); config != variables_.end() && config->second) {
      files = expanded_directory(*config->second);
    }
    const auto options = variables_.find("EXTRAOPTS");
    if (options == variables_.end() || !options->second) return files;
    const auto words = haproxy_words(*options->second, {});
    if (!words) return files;
    for (std::size_t at = 0; at + 1 < words->size(); ++at) {
      if ((*words)[at] == "-L") local_peer_ = (*words)[at + 1];
      if ((*words)[at] != "-f") continue;
      for (auto& file : expanded_directory((*words)[at + 1])) files.push_back(std::move(file));
    }
    return files;
  }

  // Of a directory HAProxy reads all that end in ".cfg" and are not hidden.
  std::vector<std::string> expanded_directory(const std::string& path) const {
    const auto names = tree_.list(path);
    if (!names || !*names) return {path};
    std::vector<std::string> files;
    for (const auto& name : **names) {
      if (name.ends_with(".cfg") && !name.starts_with('.')) files.push_back(resolve(path, name));
    }
    return files;
  }

  void read_file(const std::string& path) {
    const auto text = inclusions_.enter(path);
    if (!text) return findings_.add_problem(path, 0, text.error());
    file_ = path;
    line_ = 0;
    conditions_ = {};
    std::string_view rest = **text;
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
    while (!rest.empty() && !findings_.is_full()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      ++line_;
      read_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    inclusions_.leave();
  }

  void complain(std::string message) { findings_.add_problem(file_, line_, std::move(message)); }

  void read_line(std::string_view line) {
    auto read = haproxy_words(line, variables_);
    if (!read) return complain(std::move(read.error()));
    const Words words = *read;
    if (words.empty()) return;
    if (words[0].starts_with('.')) {
      if (!conditions_.obey(words, variables_)) complain(quote(words[0]) + " belongs to no .if");
      return;
    }
    if (conditions_.holds() == Truth::no) return;
    if (const auto kind = haproxy_section_kind(words[0])) return begin_section(*kind, words);
    obey(words);
  }

  void begin_section(SectionKind kind, Words words) {
    section_.report(findings_);
    section_ = {.kind = kind, .name = words.size() > 1 ? words[1] : std::string()};
    const auto base = after(words, "from");
    if (kind == SectionKind::defaults) {
      section_.is_disabled = base.empty() ? Truth::no : disabled_defaults_[base];
      remember_defaults();
    }
    if (kind != SectionKind::proxy) return;
    section_.is_disabled = base.empty() ? last_defaults_ : disabled_defaults_[base];
    // Before HAProxy 2.0: "listen NAME ADDRESS".
    if (words.size() > 2 && words[2] != "from") listen(words, 2, {});
  }

  void remember_defaults() {
    last_defaults_ = section_.is_disabled;
    if (!section_.name.empty()) disabled_defaults_[section_.name] = last_defaults_;
  }

  void obey(Words words) {
    switch (section_.kind) {
      case SectionKind::global:
        return obey_global(words);
      case SectionKind::peers:
        if ((words[0] == "peer" || words[0] == "server") && words.size() > 1) take_peer(words);
        break;
      case SectionKind::log_forward:
        if (words[0] == "dgram-bind" && words.size() > 1) listen(words, 1, binding_of(words, Protocol::udp));
        break;
      case SectionKind::other:
        return;
      default:
        break;
    }
    const bool disables = words[0] == "disabled";
    if (disables || words[0] == "enabled") {
      const auto is_sure = conditions_.holds() == Truth::yes;
      section_.is_disabled = !is_sure ? Truth::unknown : disables ? Truth::yes : Truth::no;
      if (section_.kind == SectionKind::defaults) remember_defaults();
    }
    if (section_.kind == SectionKind::defaults || words[0] != "bind") return;
    if (words.size() < 2) return complain("bind without an address");
    listen(words, 1, binding_of(words, Protocol::tcp));
  }

  void obey_global(Words words) {
    if (words.size() < 2) return;
    if (words[0] == "stats" && words[1] == "socket" && words.size() > 2) {
      section_.name = "stats";
      listen(words, 2, binding_of(words, Protocol::tcp));
    }
    if (words[0] == "localpeer") local_peer_ = words[1];
    const bool is_new = !variables_.contains(words[1]);
    if (is_new && variables_.size() >= most_assignments) return;
    if (words[0] == "setenv" || (words[0] == "presetenv" && is_new)) {
      const bool is_sure = conditions_.holds() == Truth::yes && words.size() > 2;
      variables_[words[1]] = is_sure ? std::optional(words[2]) : std::nullopt;
    }
    if (words[0] == "unsetenv" || words[0] == "resetenv") forget(words);
  }

  // A variable that is unset is as good as unknown: nothing listens on an address with a hole in it.
  void forget(Words words) {
    for (auto& [name, value] : variables_) {
      const bool is_named = has(words.subspan(1), name);
      if (is_named == (words[0] == "unsetenv")) value.reset();
    }
  }

  HaproxyBinding binding_of(Words words, Protocol protocol) {
    if (has(words, "v6only")) return {protocol, true};
    return {protocol, !has(words, "v4v6") && machine_is_v6only()};
  }

  bool machine_is_v6only() {
    if (!v6only_) {
      const auto setting = tree_.read("/proc/sys/net/ipv6/bindv6only");
      v6only_ = setting && *setting && (*setting)->starts_with('1');
    }
    return *v6only_;
  }

  void take_peer(Words words) {
    const auto local = local_peer();
    const auto is_local = !local ? Truth::unknown : words[1] == *local ? Truth::yes : Truth::no;
    section_.is_local = either(section_.is_local, is_local);
    const bool has_address = words.size() > 2 && words[2].contains(':');
    if (is_local != Truth::no && has_address) listen(words, 2, binding_of(words, Protocol::tcp));
  }

  const std::optional<std::string>& local_peer() {
    if (local_peer_) return local_peer_;
    if (const auto text = tree_.read("/etc/hostname"); text && *text) {
      local_peer_ = (*text)->substr(0, (*text)->find_first_of(" \t\r\n"));
    }
    return local_peer_;
  }

  // The addresses in `words[at]`, each for itself.
  void listen(Words words, std::size_t at, const HaproxyBinding& binding) {
    Found found{.source = "haproxy", .file = file_, .line = line_, .group = "haproxy", .member = section_.name};
    const auto [list, unknown] = haproxy_expand(words[at], variables_);
    const auto keyword = joined(words.first(at)) + " ";
    if (!unknown.empty()) {
      found.raw = excerpt(keyword + words[at]);
      found.state = Found::State::unresolved;
      found.variables = unknown;
      return hold(std::move(found));
    }
    const auto other_namespace = after(words, "namespace");
    for (auto& address : parse_haproxy_addresses(list, binding)) {
      if (address.is_malformed) {
        complain(std::move(address.listener.why));
      } else if (address.listener.kind != Listener::Kind::no_port) {
        Found each = found;
        each.raw = excerpt(keyword + address.text);
        each.why = std::move(address.listener.why);
        if (conditions_.holds() == Truth::unknown) {
          each.why = "the files do not say whether HAProxy obeys what follows " + quote(conditions_.doubt());
        }
        if (!other_namespace.empty()) each.why = "it listens in the network namespace " + quote(other_namespace);
        if (each.why.empty()) each.endpoint = address.listener.endpoint;
        each.state = each.endpoint ? Found::State::declared : Found::State::unresolved;
        hold(std::move(each));
      }
    }
  }

  void hold(Found found) {
    section_.listens.push_back(std::move(found));
    if (section_.listens.size() > Findings::most_found) section_.report(findings_);
  }

  const FileTree& tree_;
  Inclusions inclusions_;
  Findings& findings_;
  Assignments variables_;
  HaproxyConditions conditions_;
  HaproxySection section_;
  std::map<std::string, Truth> disabled_defaults_;
  Truth last_defaults_ = Truth::no;
  std::optional<std::string> local_peer_;
  std::optional<bool> v6only_;
  std::string file_;
  unsigned line_ = 0;
};

}  // namespace

bool HaproxyDiscoverer::recognizes(std::string_view name) const { return name == "haproxy.cfg"; }

std::vector<std::string> HaproxyDiscoverer::usual_files() const {
  return {std::string(debian_file), "/usr/local/etc/haproxy/haproxy.cfg"};
}

Discovery HaproxyDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Findings findings;
  for (const auto& path : paths) Reading(tree, findings).run(path);
  return findings.take();
}

}  // namespace berth::discover
