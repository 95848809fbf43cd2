// Where the system's systemd looks for its units, and what it makes of what lies there: systemd.unit(5), "Unit File
// Load Path". Not those of user sessions (systemd --user).
//
// Without the running systemd: what is on disk is what counts after `systemctl daemon-reload`. On a running system the
// units that generators made lie in /run, and are found; in a tree that is not running there are none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/error.h"
#include "system/root_directory.h"
#include "system/unique_fd.h"
#include "system/unit_file.h"

namespace berth::system {

// One of the files that make up a unit.
struct UnitFile {
  std::string path;  // below the root: "/etc/systemd/system/x.socket"
  UnitText text;
};

struct Unit {
  // The name of the file that it is made from, with the instance filled in; links with other names are aliases of it.
  std::string name;
  std::vector<UnitFile> files;  // the main file, then its drop-ins in the order in which they apply
  // Whether a link to it, under any of its names, lies in a directory *.wants, *.requires or *.upholds: something pulls
  // it in. That something is taken for granted: targets and units that are never started pull in like any other.
  bool is_wanted = false;
};

// The units of one type. Names are read at once, files when a unit is loaded.
class UnitTree {
 public:
  // `type`: "socket". `root` must outlive the tree.
  UnitTree(const RootDirectory& root, std::string_view type);

  // The main names of all units that have a file and are not masked, in order: plain ones, and the instances of
  // templates that have a link of their own or are wanted. A template alone is no unit.
  const std::vector<std::string>& names() const { return names_; }

  // One of the names. A file that cannot be read is missing in it, and among the faults; nullopt if that is the main
  // file, or the unit turns out to be masked by an empty file.
  std::optional<Unit> load(const std::string& name);

  // Directories and files that are there but could not be read, so that units, settings, or links may be missing.
  const std::vector<Error>& faults() const { return faults_; }

 private:
  // What a name in the search path stands for: another name, a file, or nothing (a mask).
  struct Entry {
    enum class Kind : std::uint8_t { file, alias, mask };
    Kind kind = Kind::file;
    std::string target;
  };

  // `seen`: the inodes of the directories so far; /lib may be /usr/lib.
  void scan(const std::string& directory, std::set<std::uint64_t>& seen);
  void take_unit(int directory, const std::string& path, const std::string& name);
  void read_wants();
  void take_wants(const std::string& path, std::map<std::string, bool>& links);
  void find_names();
  std::optional<Entry> entry_of(int directory, const std::string& path, const std::string& name) const;
  // What a name leads to: the file's own name with the instance filled in, and its path; nullopt if there is none, or
  // a mask.
  struct Main {
    std::string name;
    std::string path;
  };
  struct Known {
    std::string path;
    std::set<std::string, std::less<>> names;  // all, the main one among them
  };
  std::optional<Main> find_main(const std::string& name) const;
  // The file or the mask at the end of all aliases; null if there is none, or they go in a circle.
  const std::pair<const std::string, Entry>* follow(std::string_view name) const;
  std::vector<std::string> drop_ins_of(const std::string& name, const Known& known);
  void take_drop_ins(const std::string& directory, std::map<std::string, std::string>& files);
  // nullopt if it is not there, or cannot be read: then it is among the faults.
  std::optional<UniqueFd> open_directory(const std::string& path);
  std::optional<UnitText> read(const std::string& path);

  const RootDirectory& root_;
  std::string suffix_;  // ".socket"
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::string, std::less<>> drop_ins_;  // paths of directories NAME.d
  // By the directory's name ("sockets.target.wants"): its paths, the one that counts most first.
  std::map<std::string, std::vector<std::string>, std::less<>> wants_;
  std::set<std::string, std::less<>> wanted_;
  std::map<std::string, Known, std::less<>> known_;  // by main name
  std::vector<std::string> names_;
  std::vector<Error> faults_;
};

}  // namespace berth::system
