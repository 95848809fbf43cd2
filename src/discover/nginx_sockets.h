// From what many servers of an nginx listen on to the sockets that nginx opens for them.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/discovery.h"
#include "discover/findings.h"
#include "discover/nginx_listen.h"
#include "discover/port_set.h"

namespace berth::discover {

// All servers that listen on one address and port share a socket. One of a single address is not opened where the same
// module listens on that port at all addresses of the family, unless it needs a socket of its own
// (ngx_http_init_listening() and its likes). What `ipv6only=off` makes dual-stack in one server is so in all.
class NginxSockets {
 public:
  // More than any server has.
  static constexpr std::size_t most_listens = 50'000;

  // `origin`: a Found with everything but the endpoint; its member is the site. Only listeners with an endpoint. False
  // if there are too many already.
  bool add(NginxModule module, const NginxListen& listen, Found origin);

  // One Found for each contiguous range of ports that is opened, in order of appearance. The member is the site that
  // has it for its own; none if several share it.
  void report(Findings& findings) const;

 private:
  struct Listen {
    NginxModule module = NginxModule::http;
    Endpoint endpoint;
    Found origin;
  };
  using Sockets = std::tuple<NginxModule, Address, Protocol>;
  static Sockets key_of(const Listen& listen);
  static Sockets wildcard_of(const Listen& listen);

  std::vector<PortRange> opened_ports(const Listen& listen) const;
  std::vector<Endpoint> opened(const Listen& listen) const;

  std::vector<Listen> listens_;
  std::map<Sockets, PortSet> all_;   // what is listened on
  std::map<Sockets, PortSet> own_;   // what needs a socket of its own
  std::map<Sockets, PortSet> dual_;  // `::` with ipv6only=off
};

}  // namespace berth::discover
