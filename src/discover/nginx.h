// What nginx listens on, by its configuration (https://nginx.org/en/docs/http/ngx_http_core_module.html#listen), those
// of the modules stream, mail and rtmp, too.
//
// Follows `include`, relative to the directory of nginx.conf. Ports that several sites share are found once. Where no
// file says otherwise a site has port 80, as under a master process of root. A host name or a variable of a template
// is unresolved; Unix sockets are passed over. A file of sites alone (conf.d/x.conf) is read as part of http.
#pragma once

#include "discover/discoverer.h"

namespace berth::discover {

class NginxDiscoverer : public Discoverer {
 public:
  bool recognizes(std::string_view name) const override;
  std::vector<std::string> usual_files() const override;
  Discovery read(const FileTree& tree, const std::vector<std::string>& paths) const override;
};

}  // namespace berth::discover
