// The files of this machine, or of an installation below a directory.
#pragma once

#include <cstddef>

#include "discover/file_tree.h"
#include "system/root_directory.h"

namespace berth::discover {

class DirectoryTree : public FileTree {
 public:
  // No configuration that a person wrote is larger.
  static constexpr std::size_t largest_file = 4UZ << 20;

  // `root`: as of system::RootDirectory.
  explicit DirectoryTree(std::string root = "");

  std::expected<std::optional<std::string>, std::string> read(const std::string& path) const override;
  std::expected<std::optional<std::vector<std::string>>, std::string> list(const std::string& directory) const override;

 private:
  system::RootDirectory root_;
};

}  // namespace berth::discover
