#include "discover/file_tree.h"

#include <fnmatch.h>

#include <utility>

namespace berth::discover {
namespace {

bool is_pattern(std::string_view component) { return component.find_first_of("*?[") != std::string_view::npos; }

// The components of an absolute path, without those that lead nowhere.
std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> components;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto component = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (component.empty() || component == ".") continue;
    if (component != "..") {
      components.push_back(component);
    } else if (!components.empty()) {
      components.pop_back();
    }
  }
  return components;
}

std::string below(std::string path, std::string_view name) { return path.append("/").append(name); }

// Each of `directories` with each of its names that `component` matches.
std::vector<std::string> descend(const FileTree& tree, const std::vector<std::string>& directories,
                                 const std::string& component) {
  std::vector<std::string> found;
  for (const auto& directory : directories) {
    if (!is_pattern(component)) {
      found.push_back(below(directory, component));
      continue;
    }
    const auto names = tree.list(directory.empty() ? "/" : directory);
    if (!names || !*names) continue;
    for (const auto& name : **names) {
      if (::fnmatch(component.c_str(), name.c_str(), FNM_PERIOD) == 0) found.push_back(below(directory, name));
    }
  }
  return found;
}

}  // namespace

std::string resolve(std::string_view directory, std::string_view path) {
  std::string whole;
  if (!path.starts_with('/')) whole.append(directory).append("/");
  whole.append(path);
  std::string resolved;
  for (const auto component : components_of(whole)) resolved.append("/").append(component);
  return resolved.empty() ? "/" : resolved;
}

std::vector<std::string> glob(const FileTree& tree, const std::string& pattern) {
  std::vector<std::string> found{""};
  for (const auto component : components_of(pattern)) found = descend(tree, found, std::string(component));
  return found;
}

}  // namespace berth::discover
