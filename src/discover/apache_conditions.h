// What decides, while Apache reads its configuration, whether it obeys a section, and what a variable stands for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "discover/truth.h"
#include "discover/variables.h"

namespace berth::discover {

class ApacheConditions {
 public:
  // "LoadModule NAME FILE", within sections that hold so (yes or unknown). Its source file follows from FILE.
  void load_module(std::string_view name, std::string_view file, Truth holds);
  // `name` as in <IfModule>: "ssl_module" or "mod_ssl.c". A module that nothing has loaded so far is compiled in, if it
  // is one that always is; it is unknown before anything was loaded (it may be compiled in, or the reading did not
  // begin where Apache begins), and when a file is missing.
  Truth is_loaded(std::string_view name) const;

  // "Define NAME [VALUE]" and "UnDefine NAME".
  void define(const std::string& name, const std::string& value, Truth holds);
  void undefine(const std::string& name, Truth holds);
  // For <IfDefine>. What no file defines may still be defined by the command line (-D), unless that is known.
  Truth is_defined(const std::string& name) const;

  // The environment that Apache is started in: the assignments of Debian's /etc/apache2/envvars. With it, the command
  // line is known, too: APACHE_ARGUMENTS.
  void set_environment(Assignments environment);

  // Something that is included could not be read: what was not seen may be there all the same.
  void note_gap() { has_gap_ = true; }

  struct Expanded {
    std::string text;
    // Those of which the value is not known; they stand in `text` as written.
    std::vector<std::string> unknown;
  };
  // "${NAME}" replaced, by what is defined or else by the environment.
  Expanded expand(std::string_view text) const;

 private:
  const std::string* value_of(const std::string& name) const;

  std::map<std::string, Truth, std::less<>> modules_;
  bool has_loaded_ = false;
  // nullopt: perhaps defined, or not known as what.
  Assignments defines_;
  Assignments environment_;
  std::set<std::string> on_command_line_;
  bool command_line_is_known_ = false;
  bool has_gap_ = false;
};

}  // namespace berth::discover
