// Files that include each other, read within bounds: no file inside itself, and not without end.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "discover/file_tree.h"

namespace berth::discover {

class Inclusions {
 public:
  static constexpr std::size_t deepest = 64;
  // Of all files together, each as often as it is included.
  static constexpr std::size_t most_files = 50'000;
  static constexpr std::size_t most_bytes = 64UZ << 20;

  // `tree` must outlive this.
  explicit Inclusions(const FileTree& tree) : tree_(tree) {}

  // The text of a file, which is open until `leave`. The error is a clause for a person: "there is no such file".
  std::expected<std::shared_ptr<const std::string>, std::string> enter(const std::string& path);
  void leave() { open_.pop_back(); }

  // Whether a bound was met: from then on every `enter` fails.
  bool is_exhausted() const { return files_ >= most_files || bytes_ >= most_bytes; }

 private:
  using Text = std::expected<std::shared_ptr<const std::string>, std::string>;
  const Text& read(const std::string& path);

  const FileTree& tree_;
  std::map<std::string, Text> texts_;
  std::vector<std::string> open_;
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;
};

// The nearest directory above `path` that has an entry of one of these names, or nullopt.
std::optional<std::string> directory_above(const FileTree& tree, const std::string& path,
                                           const std::vector<std::string>& names);

// "/etc/a" of "/etc/a/b"; "/" of "/b".
std::string parent_of(const std::string& path);
// "b" of "/etc/a/b".
std::string name_of(const std::string& path);

}  // namespace berth::discover
