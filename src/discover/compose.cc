#include "discover/compose.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "discover/compose_project.h"
#include "discover/dotenv.h"
#include "discover/findings.h"

namespace berth::discover {
namespace {

// In the order in which Compose looks for them.
constexpr std::array<std::string_view, 4> base_names = {"compose.yaml", "compose.yml", "docker-compose.yaml",
                                                        "docker-compose.yml"};
constexpr std::array<std::string_view, 4> override_names = {
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"};

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::optional<std::string> first_of(const std::array<std::string_view, 4>& names,
                                    const std::vector<std::string>& paths) {
  for (const auto name : names) {
    const auto path = std::ranges::find(paths, name, name_of);
    if (path != paths.end()) return *path;
  }
  return std::nullopt;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (const auto part = text.substr(0, end); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  }
  return parts;
}

std::string value_of(const Variables& variables, std::string_view name) {
  const auto variable = variables.find(name);
  return variable == variables.end() ? "" : variable->second;
}

// COMPOSE_FILE of the `.env` in `directory`.
std::vector<std::string> listed_files(const Variables& variables, const std::string& directory) {
  const auto separator = value_of(variables, "COMPOSE_PATH_SEPARATOR");
  auto files = split(value_of(variables, "COMPOSE_FILE"), separator.empty() ? ":" : separator);
  for (auto& file : files) file = resolve(directory, file);
  return files;
}

// The projects that the files of one directory make: the files of each, the stronger last.
std::vector<std::vector<std::string>> projects_of(const std::vector<std::string>& paths, const Variables& variables,
                                                  const std::string& directory) {
  const auto base = first_of(base_names, paths);
  const auto listed = listed_files(variables, directory);
  const bool all_listed =
      std::ranges::all_of(paths, [&](const auto& path) { return std::ranges::find(listed, path) != listed.end(); });
  if (!listed.empty() && (base || paths.size() > 1 || all_listed)) return {listed};
  if (base) {
    std::vector<std::string> files{*base};
    if (const auto override = first_of(override_names, paths)) files.push_back(*override);
    return {files};
  }
  std::vector<std::vector<std::string>> projects;
  std::ranges::transform(paths, std::back_inserter(projects),
                         [](const auto& path) { return std::vector<std::string>{path}; });
  return projects;
}

// The variables of a `.env`; what is wrong with it is a problem.
Variables read_variables(const FileTree& tree, const std::string& path, Findings& findings) {
  const auto text = tree.read(path);
  if (!text) {
    findings.add_problem(path, 0, text.error());
    return {};
  }
  if (!*text) return {};
  auto dotenv = parse_dotenv(**text);
  for (auto& fault : dotenv.faults) findings.add_problem(path, fault.line, std::move(fault.message));
  return std::move(dotenv.variables);
}

// Why nothing can be published in this mode of the network; empty if it can.
std::string why_not_published(const std::string& mode) {
  if (mode == "none") return "network_mode: none publishes nothing";
  if (mode.starts_with("service:") || mode.starts_with("container:"))
    return "network_mode: " + mode + " publishes nothing by itself";
  return {};
}

class ProjectReport {
 public:
  ProjectReport(std::string project, const std::vector<std::string>& profiles, Findings& findings)
      : project_(std::move(project)), profiles_(profiles), findings_(findings) {}

  void add(const ComposeService& service) {
    std::set<std::string> seen;
    const auto& mode = service.network_mode.value;
    for (const auto& port : service.ports.value) {
      auto found = found_of(service, port.file, port.line, port.raw);
      if (!port.mapping) {
        found.state = Found::State::unresolved;
        found.variables = port.missing;
      } else {
        describe(found, *port.mapping, mode);
      }
      if (seen.insert(key_of(found)).second) findings_.add(std::move(found));
    }
    if (mode == "host" && service.ports.value.empty()) {
      auto found = found_of(service, service.file, service.network_mode_line, "network_mode: host");
      unresolved(found, "the program opens its ports on the host itself, and the file does not say which");
      findings_.add(std::move(found));
    }
  }

 private:
  Found found_of(const ComposeService& service, const std::string& file, unsigned line, const std::string& raw) const {
    const bool starts =
        service.profiles.value.empty() || std::ranges::any_of(profiles_, [&](const auto& profile) {
          return profile == "*" || std::ranges::find(service.profiles.value, profile) != service.profiles.value.end();
        });
    return {.source = "compose",
            .file = file,
            .line = line,
            .group = project_,
            .member = service.name,
            .raw = raw,
            .optional = !starts,
            .owner = {Owner::Kind::compose, project_ + "/" + service.name}};
  }

  static void unresolved(Found& found, std::string why) {
    found.state = Found::State::unresolved;
    found.why = std::move(why);
  }

  static void describe(Found& found, const PortMapping& mapping, const std::string& mode) {
    found.target = mapping.target;
    if (auto why = why_not_published(mode); !why.empty()) {
      unresolved(found, std::move(why));
    } else if (mode == "host" && mapping.published != mapping.target) {
      unresolved(found, "network_mode: host publishes nothing: the program opens its ports on the host itself");
    } else if (!mapping.published) {
      found.state = Found::State::ephemeral;
    } else if (!mapping.protocol) {
      unresolved(found, "sctp has ports of its own");
    } else {
      found.endpoint = Endpoint{mapping.address, *mapping.protocol, *mapping.published};
    }
  }

  // Compose takes a port that is published twice for one.
  static std::string key_of(const Found& found) {
    if (!found.endpoint) return found.raw;
    return to_string(*found.endpoint) + " " + to_string(*found.target);
  }

  std::string project_;
  const std::vector<std::string>& profiles_;
  Findings& findings_;
};

}  // namespace

bool ComposeDiscoverer::recognizes(std::string_view name) const {
  constexpr std::array<std::string_view, 2> begins = {"docker-compose.", "compose."};
  constexpr std::array<std::string_view, 2> ends = {"yaml", "yml"};
  const auto begin = std::ranges::find_if(begins, [&](auto text) { return name.starts_with(text); });
  const auto end = std::ranges::find_if(ends, [&](auto text) { return name.ends_with(text); });
  if (begin == begins.end() || end == ends.end()) return false;
  // Between them nothing, or a word of its own: "override.".
  const auto between = name.substr(begin->size(), name.size() - std::min(name.size(), begin->size() + end->size()));
  return name.size() >= begin->size() + end->size() &&
         (between.empty() || (between.size() > 1 && between.ends_with('.')));
}

Discovery ComposeDiscoverer::read(const FileTree& tree, const std::vector<std::string>& paths) const {
  Findings findings;
  if (paths.empty()) return findings.take();
  const auto directory = resolve(paths.front(), "..");
  const auto variables = read_variables(tree, resolve(directory, ".env"), findings);
  const auto profiles = split(value_of(variables, "COMPOSE_PROFILES"), ",");
  for (const auto& files : projects_of(paths, variables, directory)) {
    auto project = load_compose_project(tree, files, variables);
    for (auto& problem : project.problems) findings.add_problem(problem.file, problem.line, std::move(problem.message));
    ProjectReport report(std::move(project.name), profiles, findings);
    for (const auto& service : project.services) report.add(service);
  }
  return findings.take();
}

}  // namespace berth::discover
