// A directory of a test's own, gone with everything in it when the test ends; and whole files, read and written.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace berth::tests {

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// Empty if there is no such file.
inline std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class ScratchDirectory {
 public:
  ScratchDirectory() {
    auto pattern = (std::filesystem::temp_directory_path() / "berth-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    path_ = pattern;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string path(const std::string& below) const { return path_ + "/" + below; }
  std::string operator/(const std::string& below) const { return path(below); }

  // Makes the directories on the way, too.
  void write(const std::string& below, const std::string& text) const {
    make_way_to(below);
    write_text(path(below), text);
  }
  void link(const std::string& below, const std::string& target) const {
    make_way_to(below);
    std::filesystem::create_symlink(target, path(below));
  }
  void make_directory(const std::string& below) const { std::filesystem::create_directories(path(below)); }

  // Of what lies in it, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }

 private:
  void make_way_to(const std::string& below) const {
    std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
  }

  std::string path_;
};

}  // namespace berth::tests
