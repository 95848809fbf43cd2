#include "discover/compose_project.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/quote.h"
#include "discover/compose_file.h"
#include "discover/dotenv.h"
#include "discover/yaml_tree.h"

namespace berth::discover {
namespace {

constexpr unsigned deepest_extends = 64;

std::string directory_of(const std::string& path) { return resolve(path, ".."); }

// What one project may cost, however its files refer to each other.
struct Budget {
  std::size_t files = most_compose_files;
  std::size_t bytes = most_compose_bytes;
  std::size_t ports = most_compose_ports;
  bool said = false;  // that there are too many ports
};

// Where a path was written.
struct Place {
  std::string file;
  unsigned line = 0;
};

// A file whose services may be extended.
struct LoadedFile {
  // From where the paths in it go.
  std::string directory;
  std::vector<ComposeService> services;
  std::map<std::string, std::size_t, std::less<>> places;
  std::vector<ComposeInclude> includes;
};

// The files that share a directory and variables: a project, or what an `include` includes.
class Loader {
 public:
  Loader(const FileTree& tree, std::string directory, Variables variables, std::vector<std::string> including,
         Budget& budget, std::vector<Problem>& problems)
      : tree_(tree),
        directory_(std::move(directory)),
        variables_(std::move(variables)),
        including_(std::move(including)),
        budget_(budget),
        problems_(problems) {}

  // For the project itself.
  std::string decide_name(const std::vector<std::string>& files) {
    std::optional<std::string> name;
    if (const auto variable = variables_.find("COMPOSE_PROJECT_NAME"); variable != variables_.end())
      name = compose_project_name(variable->second);
    if (!name || name->empty()) {
      name = compose_project_name(directory_.substr(directory_.rfind('/') + 1));
      for (const auto& file : files) {
        const auto* yaml = parse(file, {file, 0});
        if (const auto written = yaml ? compose_name(*yaml, variables_) : std::nullopt)
          name = compose_project_name(*written);
      }
    }
    variables_.insert_or_assign("COMPOSE_PROJECT_NAME", *name);
    return *name;
  }

  std::vector<ComposeService> load(const std::vector<std::string>& files, const Place& place) {
    std::vector<ComposeService> services;
    for (const auto& file : files) {
      auto* loaded = load_file(file, directory_, place.file.empty() ? Place{file, 0} : place);
      if (loaded == nullptr) continue;
      for (const auto& include : std::exchange(loaded->includes, {}))
        services = merge(std::move(services), load_include(include, file));
      std::vector<ComposeService> own;
      own.reserve(loaded->services.size());
      for (std::size_t at = 0; at < loaded->services.size(); ++at) own.push_back(extended(*loaded, at, services, 0));
      services = merge(std::move(services), std::move(own));
    }
    std::erase_if(services, [](const auto& service) { return service.removed; });
    return services;
  }

 private:
  void problem(const Place& place, std::string message) {
    problems_.push_back({place.file, place.line, std::move(message)});
  }

  // `place` is where the file is asked for. nullptr, and a problem, if it cannot be read.
  const YamlTree* parse(const std::string& path, const Place& place) {
    if (const auto known = yaml_.find(path); known != yaml_.end()) return known->second ? &*known->second : nullptr;
    auto& yaml = yaml_[path];
    const auto named = [&](const std::string& why) { return place.file == path ? why : path + ": " + why; };
    if (budget_.files == 0) {
      problem(place, named("is one file too many"));
      return nullptr;
    }
    --budget_.files;
    const auto text = tree_.read(path);
    if (!text || !*text) {
      problem(place, named(text ? "no such file" : text.error()));
      return nullptr;
    }
    if ((*text)->size() > largest_compose_file) {
      problem(place, named("has more than 1 MiB"));
      return nullptr;
    }
    if ((*text)->size() > budget_.bytes) {
      problem(place, named("is too much: the project's files have more than 4 MiB"));
      return nullptr;
    }
    budget_.bytes -= (*text)->size();
    auto parsed = YamlTree::parse(**text);
    if (!parsed) {
      problem({path, parsed.error().line}, parsed.error().message);
      return nullptr;
    }
    yaml = std::move(*parsed);
    return &*yaml;
  }

  LoadedFile* load_file(const std::string& path, const std::string& directory, const Place& place) {
    if (const auto known = files_.find(path); known != files_.end()) return &known->second;
    const auto* yaml = parse(path, place);
    if (yaml == nullptr) return nullptr;
    auto read = read_compose_file(*yaml, path, variables_, budget_.ports);
    std::ranges::move(read.problems, std::back_inserter(problems_));
    LoadedFile loaded{directory, std::move(read.services), {}, std::move(read.includes)};
    for (std::size_t place_of = 0; place_of < loaded.services.size(); ++place_of) {
      loaded.places.emplace(loaded.services[place_of].name, place_of);
      spend(loaded.services[place_of].ports.value.size());
    }
    yaml_[path].reset();
    return &files_.emplace(path, std::move(loaded)).first->second;
  }

  bool spend(std::size_t ports) {
    if (ports > budget_.ports) return false;
    budget_.ports -= ports;
    return true;
  }

  // The service of `file`, upon what it extends. From then on it is complete there.
  const ComposeService& extended(LoadedFile& file, std::size_t at, const std::vector<ComposeService>& included,
                                 unsigned depth) {
    auto& service = file.services[at];
    const auto extends = std::exchange(service.extends, std::nullopt);
    if (!extends) return service;
    const Place place{service.file, extends->line};
    extending_.insert(&service);
    const auto* base = base_of(file, *extends, place, included, depth);
    extending_.erase(&service);
    if (base != nullptr && spend(base->ports.value.size())) {
      service = merge(*base, std::move(service));
    } else if (base != nullptr && !std::exchange(budget_.said, true)) {
      problem(place, "publishes too many ports");
    }
    return service;
  }

  // nullptr, and a problem, if there is none.
  const ComposeService* base_of(LoadedFile& file, const ComposeExtends& extends, const Place& place,
                                const std::vector<ComposeService>& included, unsigned depth) {
    if (depth > deepest_extends) {
      problem(place, "extends too many services in a row");
      return nullptr;
    }
    auto* from = &file;
    if (extends.file) {
      const auto path = resolve(file.directory, *extends.file);
      from = load_file(path, directory_of(path), place);
      if (from == nullptr) return nullptr;
    }
    if (const auto found = from->places.find(extends.service); found != from->places.end()) {
      if (!extending_.contains(&from->services[found->second]))
        return &extended(*from, found->second, included, depth + 1);
      problem(place, "extends itself");
      return nullptr;
    }
    const auto found = std::ranges::find(included, extends.service, &ComposeService::name);
    if (!extends.file && found != included.end()) return &*found;
    problem(place, "extends " + quote(extends.service) + ", which is not there");
    return nullptr;
  }

  // What an `include` includes; its files are a project of their own, with our variables before its own.
  std::vector<ComposeService> load_include(const ComposeInclude& include, const std::string& file) {
    const Place place{file, include.line};
    std::vector<std::string> paths;
    for (const auto& path : include.paths) {
      if (path.contains("://") || path.starts_with("git@")) {
        problem(place, quote(path) + " is not on this machine");
      } else if (auto resolved = resolve(directory_, path); including(resolved)) {
        problem(place, "includes itself");
      } else {
        paths.push_back(std::move(resolved));
      }
    }
    if (paths.empty()) return {};
    const auto directory =
        include.project_directory ? resolve(directory_, *include.project_directory) : directory_of(paths.front());
    Loader loader(tree_, directory, variables_of(include, directory, place), including_, budget_, problems_);
    std::ranges::copy(paths, std::back_inserter(loader.including_));
    return loader.load(paths, place);
  }

  bool including(const std::string& path) const { return std::ranges::find(including_, path) != including_.end(); }

  Variables variables_of(const ComposeInclude& include, const std::string& directory, const Place& place) {
    auto variables = variables_;
    auto files = include.env_files;
    for (auto& file : files) file = resolve(directory_, file);
    const bool asked_for = !files.empty();
    if (!asked_for) files.push_back(resolve(directory, ".env"));
    for (const auto& file : files) {
      const auto text = tree_.read(file);
      if (!text) {
        problem(place, file + ": " + text.error());
      } else if (*text) {
        auto dotenv = parse_dotenv(**text, variables);
        for (auto& fault : dotenv.faults) problem({file, fault.line}, std::move(fault.message));
        // What is there stays; of the include's own files the last one wins.
        for (auto& [name, value] : dotenv.variables) {
          if (!variables_.contains(name)) variables.insert_or_assign(name, std::move(value));
        }
      } else if (asked_for) {
        problem(place, file + ": no such file");
      }
    }
    return variables;
  }

  const FileTree& tree_;
  std::string directory_;
  Variables variables_;
  std::vector<std::string> including_;
  Budget& budget_;
  std::vector<Problem>& problems_;
  std::map<std::string, std::optional<YamlTree>> yaml_;
  std::map<std::string, LoadedFile> files_;
  // The services whose bases are being looked for.
  std::set<const ComposeService*> extending_;
};

}  // namespace

std::string compose_project_name(std::string_view directory_name) {
  std::string name;
  for (char c : directory_name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool begins = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (begins || (!name.empty() && (c == '_' || c == '-'))) name += c;
  }
  return name;
}

ComposeProject load_compose_project(const FileTree& tree, const std::vector<std::string>& files, Variables variables) {
  ComposeProject project;
  Budget budget;
  Loader loader(tree, directory_of(files.front()), std::move(variables), files, budget, project.problems);
  project.name = loader.decide_name(files);
  project.services = loader.load(files, {});
  return project;
}

}  // namespace berth::discover
