// A tree of files that a test spells out.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "discover/file_tree.h"

namespace berth::tests {

class MemoryTree : public discover::FileTree {
 public:
  // Paths and texts; a directory is there if a file is below it.
  explicit MemoryTree(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  // From now on, reading or listing `path` fails so.
  void refuse(const std::string& path, const std::string& why) { refused_[path] = why; }

  std::expected<std::optional<std::string>, std::string> read(const std::string& path) const override {
    if (const auto refused = refused_.find(path); refused != refused_.end()) return std::unexpected(refused->second);
    const auto file = files_.find(path);
    if (file == files_.end()) return std::nullopt;
    return file->second;
  }

  std::expected<std::optional<std::vector<std::string>>, std::string> list(
      const std::string& directory) const override {
    if (const auto refused = refused_.find(directory); refused != refused_.end())
      return std::unexpected(refused->second);
    const auto prefix = directory == "/" ? directory : directory + "/";
    std::vector<std::string> names;
    for (const auto& [path, text] : files_) {
      if (!path.starts_with(prefix)) continue;
      auto name = path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
      if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    const auto doubled = std::ranges::unique(names);
    names.erase(doubled.begin(), doubled.end());
    if (names.empty()) return std::nullopt;
    return names;
  }

 private:
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> refused_;
};

}  // namespace berth::tests
