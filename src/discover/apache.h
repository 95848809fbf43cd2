// What Apache httpd listens on, by its configuration: `Listen` opens a port, nothing else does.
//
// Follows Include and IncludeOptional, relative to ServerRoot (the directory of the main file, or that above `conf`,
// where it is not set), and obeys <IfModule>, <IfDefine>, <IfFile>, Define and, beside an apache2.conf, the plain
// assignments of `envvars`. A port is unresolved inside a section of which the files do not say whether Apache obeys
// it (<IfVersion>, a module that may be compiled in), inside a macro, and where a variable or a host name is unknown.
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class ApacheDiscoverer : public Discoverer {
 public:
  bool recognizes(std::string_view name) const override;
  std::vector<std::string> usual_files() const override;
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

}  // namespace berth::discover
