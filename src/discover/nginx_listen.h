// One `listen` directive of nginx.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "discover/listener.h"

namespace berth::discover {

// The modules that listen (https://nginx.org/en/docs/, https://github.com/arut/nginx-rtmp-module).
enum class NginxModule : std::uint8_t { http, stream, mail, rtmp };

struct NginxListen {
  Listener listener;
  // It has a parameter that only a socket of its own can have, so that it gets one even where the port is listened on
  // at all addresses ("bind").
  bool own_socket = false;
};

// The words of the directive, "listen" first. Without a port it is 80 in http; elsewhere nginx lets the machine choose.
// `[::]` is v6-only unless ipv6only=off. The error is a clause for a person.
std::expected<NginxListen, std::string> parse_nginx_listen(const std::vector<std::string>& words, NginxModule module);

}  // namespace berth::discover
