#include "discover/scan.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "discover/directory_tree.h"

namespace berth::discover {
namespace {

namespace fs = std::filesystem;

constexpr std::array usual_directories{"/opt", "/srv", "/home", "/root", "/var/lib/docker/compose"};
constexpr std::string_view name_of_registries = "port_allocation.json";
constexpr unsigned deepest = 32;

bool is_of_the_kernel(const std::string& path) {
  constexpr auto kinds =
      std::to_array<unsigned>({PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                               DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC, BPF_FS_MAGIC});
  struct statfs status{};
  if (::statfs(path.c_str(), &status) != 0) return false;
  return std::ranges::find(kinds, static_cast<unsigned>(status.f_type)) != kinds.end();
}

bool is_worth_a_visit(const std::string& name) { return name != ".git" && name != "node_modules"; }

// What lies in a directory, by name.
struct Listing {
  std::vector<std::string> files;
  std::vector<std::string> directories;
};

class Scanner {
 public:
  Scanner(const Discoverers& discoverers, const Scan& what)
      : discoverers_(discoverers), what_(what), tree_(what.root) {}

  Discovery take() { return std::move(found_); }

  void look_where_it_is_usual() {
    for (const auto* directory : usual_directories) walk(directory, 0, false);
    for (const auto& discoverer : discoverers_) {
      for (const auto& file : discoverer->usual_files()) {
        if (fs::exists(what_.root + file, ignored_)) add(discoverer->read(tree_, {file}));
      }
    }
  }

  void look_at(const std::string& path) {
    const auto status = fs::status(what_.root + path, ignored_);
    if (fs::is_directory(status)) return walk(path, 0, true);
    if (!fs::exists(status)) return problem(path, "is not there");
    const auto name = path.substr(path.rfind('/') + 1);
    for (const auto& discoverer : discoverers_) {
      if (discoverer->recognizes(name)) return add(discoverer->read(tree_, {path}));
    }
    const auto compose =
        std::ranges::find_if(discoverers_, [](const auto& one) { return one->is_about_the_machine(); });
    const bool is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    if (is_yaml && compose != discoverers_.end()) return add((*compose)->read(tree_, {path}));
    found_.registries.push_back(what_.root + path);
  }

 private:
  // `is_named`: the operator points at it, or at a directory above, and no compose file lies in between.
  void walk(const std::string& directory, unsigned depth, bool is_named) {
    if (depth > deepest) return problem(directory, "is too deep: not looked into");
    const auto listing = list(directory);
    what_.progress(++directories_);
    const auto path_of = [&](const std::string& name) {
      return directory == "/" ? "/" + name : directory + "/" + name;
    };
    is_named = read_files(listing, path_of, is_named);
    for (const auto& name : listing.directories) {
      const auto path = path_of(name);
      if (is_worth_a_visit(name) && !is_of_the_kernel(what_.root + path)) walk(path, depth + 1, is_named);
    }
  }

  // Whether what lies below is still about this machine.
  template <typename PathOf>
  bool read_files(const Listing& listing, PathOf path_of, bool is_named) {
    for (const bool about_the_machine : {true, false}) {
      if (!about_the_machine && !is_named) break;
      for (const auto& discoverer : discoverers_) {
        if (discoverer->is_about_the_machine() != about_the_machine) continue;
        std::vector<std::string> paths;
        for (const auto& name : listing.files) {
          if (discoverer->recognizes(name)) paths.push_back(path_of(name));
        }
        if (paths.empty()) continue;
        if (about_the_machine) is_named = false;
        add(discoverer->read(tree_, paths));
      }
    }
    if (std::ranges::find(listing.files, name_of_registries) != listing.files.end()) {
      found_.registries.push_back(what_.root + path_of(std::string(name_of_registries)));
    }
    return is_named;
  }

  Listing list(const std::string& directory) {
    Listing listing;
    std::error_code error;
    fs::directory_iterator entry(what_.root + directory, error);
    for (; !error && entry != fs::directory_iterator{}; entry.increment(error)) {
      const auto status = entry->symlink_status(ignored_);
      auto name = entry->path().filename().string();
      if (fs::is_directory(status)) {
        listing.directories.push_back(std::move(name));
      } else if (fs::is_regular_file(status) || (fs::is_symlink(status) && entry->is_regular_file(ignored_))) {
        listing.files.push_back(std::move(name));
      }
    }
    if (error && error != std::errc::no_such_file_or_directory) problem(directory, error.message());
    std::ranges::sort(listing.files);
    std::ranges::sort(listing.directories);
    return listing;
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
  std::error_code ignored_;
};

}  // namespace

Discovery scan(const Discoverers& discoverers, const Scan& what) {
  Scanner scanner(discoverers, what);
  if (what.paths.empty()) scanner.look_where_it_is_usual();
  for (const auto& path : what.paths) scanner.look_at(resolve("/", path));
  return scanner.take();
}

}  // namespace berth::discover
