// Reads the configuration of one kind of program, without running the program: what `migrate` finds in files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.h"
#include "discover/file_tree.h"

namespace berth::discover {

class Discoverer {
 public:
  virtual ~Discoverer() = default;

  // Whether a file of this name (the last part of its path) is one to begin with, and not merely one that another
  // includes. Called for every file of a scan.
  virtual bool recognizes(std::string_view name) const = 0;

  // Whether what the files say is about this machine wherever they lie. Otherwise they are believed only where they are
  // usual, or where the operator points at them: beside a compose file, a Caddyfile is mounted into a container.
  virtual bool is_about_the_machine() const { return false; }

  // Where such files lie on an installation that nobody has changed: absolute paths of files, whether or not they
  // exist.
  virtual std::vector<std::string> usual_files() const { return {}; }

  // What the files declare. `paths`: all files of one directory that it recognizes, sorted, or the one that the
  // operator named. Follows what they include by itself. Never fails: what cannot be read is a problem of the answer.
  virtual Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const = 0;

 protected:
  Discoverer() = default;
  Discoverer(const Discoverer&) = delete;
  Discoverer& operator=(const Discoverer&) = delete;
};

}  // namespace berth::discover
