#include "discover/scan.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "discover/directory_tree.h"

namespace berth::discover {
namespace {

using Kind = DirectoryTree::Kind;

constexpr std::array usual_directories{"/opt", "/srv", "/home", "/root", "/var/lib/docker/compose"};
constexpr std::string_view name_of_registries = "port_allocation.json";
constexpr unsigned deepest = 32;

// The first of those that are equal; they are told apart by their place first.
template <typename Placed>
void leave_each_once(std::vector<Placed>& all) {
  std::map<std::pair<std::string, unsigned>, std::vector<Placed>> at;
  std::erase_if(all, [&](const Placed& one) {
    auto& others = at[{one.file, one.line}];
    if (std::ranges::find(others, one) != others.end()) return true;
    others.push_back(one);
    return false;
  });
}

bool is_worth_a_visit(const std::string& name) { return name != ".git" && name != "node_modules"; }

class Scanner {
 public:
  Scanner(const Discoverers& discoverers, const Scan& what)
      : discoverers_(discoverers), what_(what), tree_(what.root) {}

  Discovery take() { return std::move(found_); }

  void look_where_it_is_usual() {
    for (const auto* directory : usual_directories) walk(directory, 0, false);
    for (const auto& discoverer : discoverers_) {
      for (const auto& file : discoverer->usual_files()) {
        if (tree_.kind_of(file) != Kind::nothing) add(discoverer->read(tree_, {file}));
      }
    }
  }

  void look_at(const std::string& path) {
    const auto kind = tree_.kind_of(path);
    if (kind == Kind::directory) return walk(path, 0, true);
    if (kind == Kind::nothing) return problem(path, "is not there");
    const auto name = path.substr(path.rfind('/') + 1);
    for (const auto& discoverer : discoverers_) {
      if (discoverer->recognizes(name)) return add(discoverer->read(tree_, {path}));
    }
    const auto compose =
        std::ranges::find_if(discoverers_, [](const auto& one) { return one->is_about_the_machine(); });
    const bool is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    if (is_yaml && compose != discoverers_.end()) return add((*compose)->read(tree_, {path}));
    add_registry(path);
  }

 private:
  // `is_named`: the operator points at it, or at a directory above, and no compose file lies in between.
  void walk(const std::string& directory, unsigned depth, bool is_named) {
    if (depth > deepest) return problem(directory, "is too deep: not looked into");
    const auto entries = tree_.entries_of(directory);
    if (!entries) problem(directory, entries.error());
    if (!entries || entries->is_of_the_kernel) return;
    what_.progress(++directories_);
    const auto path_of = [&](const std::string& name) {
      return directory == "/" ? "/" + name : directory + "/" + name;
    };
    is_named = read_files(entries->files, path_of, is_named);
    for (const auto& name : entries->directories) {
      if (is_worth_a_visit(name)) walk(path_of(name), depth + 1, is_named);
    }
  }

  // Whether what lies below is still about this machine.
  template <typename PathOf>
  bool read_files(const std::vector<std::string>& files, PathOf path_of, bool is_named) {
    for (const bool about_the_machine : {true, false}) {
      if (!about_the_machine && !is_named) break;
      for (const auto& discoverer : discoverers_) {
        if (discoverer->is_about_the_machine() != about_the_machine) continue;
        std::vector<std::string> paths;
        for (const auto& name : files) {
          if (discoverer->recognizes(name)) paths.push_back(path_of(name));
        }
        if (paths.empty()) continue;
        if (about_the_machine) is_named = false;
        add(discoverer->read(tree_, paths));
      }
    }
    if (std::ranges::find(files, name_of_registries) != files.end()) {
      add_registry(path_of(std::string(name_of_registries)));
    }
    return is_named;
  }

  void add_registry(const std::string& path) {
    auto place = tree_.place_of(path);
    if (place.empty()) return problem(path, "is somewhere that cannot be found out");
    found_.registries.push_back(std::move(place));
  }

  void add(Discovery more) {
    std::ranges::move(more.found, std::back_inserter(found_.found));
    std::ranges::move(more.problems, std::back_inserter(found_.problems));
  }

  void problem(const std::string& path, std::string message) {
    found_.problems.push_back({path, 0, std::move(message)});
  }

  const Discoverers& discoverers_;
  const Scan& what_;
  const DirectoryTree tree_;
  Discovery found_;
  std::size_t directories_ = 0;
};

}  // namespace

Discovery scan(const Discoverers& discoverers, const Scan& what) {
  Scanner scanner(discoverers, what);
  if (what.paths.empty()) scanner.look_where_it_is_usual();
  for (const auto& path : what.paths) scanner.look_at(resolve("/", path));
  auto found = scanner.take();
  // Of paths that lie in each other.
  if (what.paths.size() > 1) {
    leave_each_once(found.found);
    leave_each_once(found.problems);
    const auto again = [seen = std::set<std::string>()](const std::string& path) mutable {
      return !seen.insert(path).second;
    };
    std::erase_if(found.registries, again);
  }
  return found;
}

}  // namespace berth::discover
