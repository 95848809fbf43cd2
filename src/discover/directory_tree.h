// The files of this machine, or of an installation below a directory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "discover/file_tree.h"
#include "system/root_directory.h"

namespace berth::discover {

class DirectoryTree : public FileTree {
 public:
  // No configuration that a person wrote is larger.
  static constexpr std::size_t largest_file = 4UZ << 20;

  // `root`: as of system::RootDirectory.
  explicit DirectoryTree(std::string root = "");

  enum class Kind : std::uint8_t { nothing, directory, file, other };
  // What a path leads to; `nothing` also if that cannot be found out.
  Kind kind_of(const std::string& path) const;

  // What lies in a directory, each sorted. Links to files are files; links to directories, and all that is neither, are
  // left out.
  struct Entries {
    std::vector<std::string> files;
    std::vector<std::string> directories;
    // It shows what the kernel knows, and no files that somebody has written: /proc, and the like. Then it is empty.
    bool is_of_the_kernel = false;
  };
  // Errors as of list(); without entries if there is no such directory.
  std::expected<Entries, std::string> entries_of(const std::string& directory) const;

  // Where on this machine it lies; empty if that cannot be found out.
  std::string place_of(const std::string& path) const;

  std::expected<std::optional<std::string>, std::string> read(const std::string& path) const override;
  std::expected<std::optional<std::vector<std::string>>, std::string> list(const std::string& directory) const override;

 private:
  bool is_this_machine_;
  system::RootDirectory root_;
};

}  // namespace berth::discover
