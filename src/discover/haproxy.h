// What HAProxy listens on, by its configuration: `bind` of frontends, listens, peers and log-forwards, `dgram-bind`,
// the local peer, and `stats socket` with a port; the addresses of old versions in `listen NAME ADDRESS`, too.
//
// Sections that are disabled listen on nothing. Of the environment only that is known which the file itself sets
// (setenv, presetenv), and which /etc/default/haproxy gives to Debian's unit; that file's -f and -L are obeyed, too.
// A line inside `.if` is unresolved, but for constants and defined() of what the file has set. Further unresolved: host
// names, sockets that are handed over (fd@), sockets in other network namespaces.
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class HaproxyDiscoverer : public Discoverer {
 public:
  bool recognizes(std::string_view name) const override;
  std::vector<std::string> usual_files() const override;
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

}  // namespace berth::discover
