#include "discover/compose_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/quote.h"
#include "discover/findings.h"

namespace berth::discover {
namespace {

using Value = YamlTree::Value;
using Type = YamlTree::Type;
using Tag = YamlTree::Tag;

// Whole numbers of the core schema (YAML 1.2.2, section 10.3.2) in their plainest form: 0x1F90 and 0o17620 are 8080.
std::string scalar_text(const Value& value) {
  const auto text = value.text();
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
  if (!value.plain() || base == 10) return std::string(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, base);
  return error == std::errc{} && end == text.data() + text.size() ? std::to_string(number) : std::string(text);
}

constexpr std::array<std::string_view, 4> long_keys = {"target", "published", "host_ip", "protocol"};

bool is_v1_service(const YamlTree::Member& member) {
  return member.value.is(Type::mapping) && !member.key.starts_with("x-") &&
         (member.value.find("image") || member.value.find("build") || member.value.find("extends"));
}

class ComposeFileReader {
 public:
  ComposeFileReader(const std::string& path, const Variables& variables, std::size_t most_ports)
      : path_(path), variables_(variables), ports_left_(most_ports) {}

  ComposeFile all(const YamlTree& yaml) {
    for (const auto& fault : yaml.broken_merges()) problem(fault.line, fault.message);
    for (const auto& document : yaml.documents()) read_document(document);
    if (!declares_) problem(0, "declares no services");
    if (yaml.gave_up()) problem(0, "its merge keys lead to too many places");
    return std::move(file_);
  }

 private:
  void problem(unsigned line, std::string message) {
    if (file_.problems.size() <= Findings::most_problems) file_.problems.push_back({path_, line, std::move(message)});
  }

  // A text that nothing may be missing from.
  std::optional<std::string> resolved(const Value& value, std::string_view what) {
    auto text = interpolate(value.text(), variables_);
    if (text.malformed) {
      problem(value.line(), std::string(what) + " " + quote(value.text()) + " has a `$` that begins no variable");
    } else if (!text.missing.empty()) {
      problem(value.line(), std::string(what) + " " + quote(value.text()) + " needs " + text.missing.front() +
                                ", which has no value");
    } else {
      return std::move(text.text);
    }
    return std::nullopt;
  }

  void read_document(const Value& root) {
    if (root.is(Type::null)) return;
    if (!root.is(Type::mapping)) return problem(root.line(), "is not a mapping");
    check_doubles(root);
    if (const auto include = root.find("include")) read_includes(*include);
    if (const auto services = root.find("services")) {
      read_services(*services);
    } else {
      read_services_of(root, is_v1_service);
    }
  }

  void read_services(const Value& services) {
    declares_ = true;
    if (services.is(Type::null)) return;
    if (!services.is(Type::mapping)) return problem(services.line(), "`services` is not a mapping");
    check_doubles(services);
    read_services_of(services, [](const auto&) { return true; });
  }

  // Each once, the last one that is written.
  void read_services_of(const Value& mapping, const auto& is_service) {
    std::map<std::string_view, YamlTree::Member> members;
    for (const auto& member : mapping.members()) {
      if (is_service(member)) members.insert_or_assign(member.key, member);
    }
    std::vector<ComposeService> read;
    read.reserve(members.size());
    for (const auto& [name, member] : members) read.push_back(read_service(member));
    declares_ = declares_ || !read.empty();
    file_.services = merge(std::move(file_.services), std::move(read));
  }

  ComposeService read_service(const YamlTree::Member& member) {
    ComposeService service{.name = std::string(member.key), .file = path_, .line = member.line};
    service.replaces = member.value.tag() != Tag::none;
    service.removed = member.value.tag() == Tag::reset;
    if (service.removed || member.value.is(Type::null)) return service;
    if (!member.value.is(Type::mapping)) {
      problem(member.line, "service " + quote(member.key) + " is not a mapping");
      return service;
    }
    check_doubles(member.value);
    if (const auto ports = member.value.find("ports")) service.ports = read_ports(*ports);
    if (const auto profiles = member.value.find("profiles")) service.profiles = read_profiles(*profiles);
    if (const auto extends = member.value.find("extends")) service.extends = read_extends(*extends);
    // `net` is what it was called before 2016.
    const auto mode = member.value.find("network_mode");
    if (const auto said = mode ? mode : member.value.find("net")) {
      service.network_mode = {said->tag() == Tag::reset ? "" : interpolate(said->text(), variables_).text,
                              said->tag() != Tag::none};
      service.network_mode_line = said->line();
    }
    return service;
  }

  Saying<std::vector<ComposePort>> read_ports(const Value& ports) {
    Saying<std::vector<ComposePort>> read{.replaces = ports.tag() != Tag::none};
    if (ports.tag() == Tag::reset || ports.is(Type::null)) return read;
    if (!ports.is(Type::sequence)) {
      problem(ports.line(), "`ports` is not a list");
      return read;
    }
    if (ports_left_ == 0) return read;
    for (const auto& element : ports.elements()) {
      if (ports_left_ == 0) {
        problem(element.line(), "publishes too many ports");
        break;
      }
      --ports_left_;
      if (element.tag() == Tag::reset) continue;
      if (auto port = read_port(element)) read.value.push_back(std::move(*port));
    }
    return read;
  }

  std::optional<ComposePort> read_port(const Value& element) {
    if (element.is(Type::mapping)) return read_long_port(element);
    const auto raw = scalar_text(element);
    auto text = interpolate(raw, variables_);
    if (text.malformed) return refuse(element, quote(raw) + " has a `$` that begins no variable");
    if (!element.is(Type::scalar)) return refuse(element, "a member of `ports` is neither a text nor a mapping");
    return port(element, raw, std::move(text.missing), [&] { return parse_short_port(text.text); });
  }

  std::optional<ComposePort> read_long_port(const Value& element) {
    std::array<std::string, long_keys.size()> texts;
    std::vector<std::string> missing;
    std::string raw;
    for (std::size_t key = 0; key < long_keys.size(); ++key) {
      const auto member = element.find(long_keys[key]);
      if (!member || member->is(Type::null)) continue;
      const auto written = scalar_text(*member);
      raw.append(raw.empty() ? "{" : ", ").append(long_keys[key]).append(": ").append(written);
      auto text = interpolate(written, variables_);
      if (text.malformed) return refuse(element, quote(written) + " has a `$` that begins no variable");
      texts[key] = std::move(text.text);
      for (auto& name : text.missing) {
        if (std::ranges::find(missing, name) == missing.end()) missing.push_back(std::move(name));
      }
    }
    const LongPort port_texts{.target = texts[0], .published = texts[1], .host_ip = texts[2], .protocol = texts[3]};
    return port(element, raw + (raw.empty() ? "{}" : "}"), std::move(missing),
                [&] { return parse_long_port(port_texts); });
  }

  std::optional<ComposePort> refuse(const Value& element, std::string why) {
    problem(element.line(), std::move(why));
    return std::nullopt;
  }

  std::optional<ComposePort> port(const Value& element, std::string raw, std::vector<std::string> missing,
                                  const auto& parse) {
    ComposePort read{path_, element.line(), std::move(raw), std::nullopt, std::move(missing)};
    if (!read.missing.empty()) return read;
    auto mapping = parse();
    if (!mapping) return refuse(element, "port " + quote(read.raw) + ": " + mapping.error());
    read.mapping = std::move(*mapping);
    return read;
  }

  Saying<std::vector<std::string>> read_profiles(const Value& profiles) {
    Saying<std::vector<std::string>> read{.replaces = profiles.tag() != Tag::none};
    if (profiles.tag() == Tag::reset) return read;
    for (const auto& element : profiles.elements()) read.value.push_back(interpolate(element.text(), variables_).text);
    return read;
  }

  std::optional<ComposeExtends> read_extends(const Value& extends) {
    if (extends.tag() == Tag::reset || extends.is(Type::null)) return std::nullopt;
    const auto service = extends.is(Type::mapping) ? extends.find("service") : std::optional(extends);
    if (!service || !service->is(Type::scalar)) {
      problem(extends.line(), "`extends` names no service");
      return std::nullopt;
    }
    auto name = resolved(*service, "`extends`");
    if (!name) return std::nullopt;
    ComposeExtends read{.service = std::move(*name), .file = {}, .line = extends.line()};
    if (const auto file = extends.find("file"); file && file->is(Type::scalar)) {
      read.file = resolved(*file, "`extends`");
      if (!read.file) return std::nullopt;
    }
    return read;
  }

  void read_includes(const Value& includes) {
    declares_ = true;
    if (!includes.is(Type::sequence)) return problem(includes.line(), "`include` is not a list");
    for (const auto& element : includes.elements()) {
      ComposeInclude read{.line = element.line()};
      const auto path = element.is(Type::mapping) ? element.find("path") : std::optional(element);
      if (path) read.paths = texts_of(*path);
      if (const auto directory = element.find("project_directory"))
        read.project_directory = resolved(*directory, "`include`");
      if (const auto env_file = element.find("env_file")) read.env_files = texts_of(*env_file);
      if (read.paths.empty()) {
        problem(element.line(), "`include` names no file");
      } else {
        file_.includes.push_back(std::move(read));
      }
    }
  }

  // One text, or a list of texts.
  std::vector<std::string> texts_of(const Value& value) {
    std::vector<std::string> texts;
    const auto add = [&](const Value& one) {
      if (!one.is(Type::scalar)) return;
      if (auto text = resolved(one, "`include`")) texts.push_back(std::move(*text));
    };
    add(value);
    std::ranges::for_each(value.elements(), add);
    return texts;
  }

  void check_doubles(const Value& mapping) {
    std::set<std::string_view> keys;
    for (const auto& member : mapping.members()) {
      if (!keys.insert(member.key).second)
        problem(member.line, quote(member.key) + " is there twice: the last one counts here, and Compose refuses it");
    }
  }

  const std::string& path_;
  const Variables& variables_;
  std::size_t ports_left_;
  bool declares_ = false;
  ComposeFile file_;
};

}  // namespace

std::optional<std::string> compose_name(const YamlTree& yaml, const Variables& variables) {
  std::optional<std::string> name;
  for (const auto& document : yaml.documents()) {
    const auto written = document.find("name");
    if (!written || !written->is(Type::scalar)) continue;
    auto text = interpolate(written->text(), variables);
    if (text.missing.empty() && !text.text.empty()) name = std::move(text.text);
  }
  return name;
}

ComposeFile read_compose_file(const YamlTree& yaml, const std::string& path, const Variables& variables,
                              std::size_t most_ports) {
  return ComposeFileReader(path, variables, most_ports).all(yaml);
}

}  // namespace berth::discover
