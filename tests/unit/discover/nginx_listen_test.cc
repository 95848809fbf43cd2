#include "discover/nginx_listen.h"

#include <gmock/gmock.h>

#include "unit/discover/found.h"

namespace berth::discover {
namespace {

struct NginxCase {
  std::vector<std::string> words;  // after "listen"
  std::string expected;            // an endpoint, "ephemeral", "none", "$A", or a piece of the error
  NginxModule module = NginxModule::http;
};
void PrintTo(const NginxCase& each, std::ostream* stream) {
  for (const auto& word : each.words) *stream << word << " ";
}

std::string nginx_outcome(const NginxCase& each) {
  auto words = each.words;
  words.insert(words.begin(), "listen");
  const auto listen = parse_nginx_listen(words, each.module);
  if (!listen) return listen.error();
  const auto& listener = listen->listener;
  switch (listener.kind) {
    case Listener::Kind::endpoint:
      return tests::in_words(Found{.source = "", .endpoint = listener.endpoint}) + (listen->own_socket ? " own" : "");
    case Listener::Kind::ephemeral:
      return "ephemeral";
    case Listener::Kind::no_port:
      return "none";
    case Listener::Kind::unresolved:
      return listener.variables.empty() ? listener.why : "$" + testing::PrintToString(listener.variables);
  }
  return {};
}

class NginxListenTest : public testing::TestWithParam<NginxCase> {};

TEST_P(NginxListenTest, IsReadAsByNginx) {
  EXPECT_THAT(nginx_outcome(GetParam()), testing::StartsWith(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    , NginxListenTest,
    testing::Values(
        NginxCase{{"80"}, "0.0.0.0:80/tcp"}, NginxCase{{"080", "ssl"}, "0.0.0.0:80/tcp"},
        NginxCase{{"*:80"}, "0.0.0.0:80/tcp"}, NginxCase{{"*"}, "0.0.0.0:80/tcp"},
        NginxCase{{"192.0.2.1"}, "192.0.2.1:80/tcp"}, NginxCase{{"192.0.2.1:81", "default_server"}, "192.0.2.1:81/tcp"},
        NginxCase{{"8000-8005"}, "0.0.0.0:8000-8005/tcp"}, NginxCase{{"[::1]:8000-8001"}, "[::1]:8000-8001/tcp"},
        NginxCase{{"[::]"}, "[::]:80/tcp v6only"}, NginxCase{{"[::]:80"}, "[::]:80/tcp v6only"},
        NginxCase{{"[::]:80", "ipv6only=on"}, "[::]:80/tcp v6only own"},
        NginxCase{{"[::]:80", "ipv6only=off"}, "[::]:80/tcp own"},
        NginxCase{{"[2001:db8::1]:80"}, "[2001:db8::1]:80/tcp"},
        NginxCase{{"443", "quic", "reuseport"}, "0.0.0.0:443/udp own"},
        NginxCase{{"443", "ssl", "http2"}, "0.0.0.0:443/tcp"}, NginxCase{{"80", "udp"}, "0.0.0.0:80/tcp"},
        NginxCase{{"80", "so_keepalive=on"}, "0.0.0.0:80/tcp own"},
        NginxCase{{"53", "udp"}, "0.0.0.0:53/udp", NginxModule::stream},
        NginxCase{{"*"}, "ephemeral", NginxModule::stream}, NginxCase{{"127.0.0.1"}, "ephemeral", NginxModule::mail},
        NginxCase{{"1935"}, "0.0.0.0:1935/tcp", NginxModule::rtmp}, NginxCase{{"unix:/run/x.sock"}, "none"},
        NginxCase{{"unix:/run/x:80"}, "none"},
        NginxCase{{"localhost:80"}, "the machine looks up the addresses of 'localhost'"},
        NginxCase{{"localhost"}, "the machine looks up"}, NginxCase{{"$port"}, "${ \"port\" }"},
        NginxCase{{"${HOST}:${PORT}"}, "${ \"HOST\", \"PORT\" }"}, NginxCase{{}, "listen without"},
        NginxCase{{":80"}, "':80' has no address"}, NginxCase{{"0"}, "'0' has no port"},
        NginxCase{{"65536"}, "'65536' has no port"}, NginxCase{{"80-79"}, "'80-79' has no port"},
        NginxCase{{"a:"}, "'a:' has no port"}, NginxCase{{"a:b"}, "'a:b' has no port"},
        NginxCase{{"[::1"}, "'[::1' has no closing bracket"}, NginxCase{{"[::1]80"}, "'[::1]80' has no port"},
        NginxCase{{"[127.0.0.1]:80"}, "'[127.0.0.1]:80' has no IPv6 address"},
        NginxCase{{"80/tcp"}, "'80/tcp' is no address"}));

}  // namespace
}  // namespace berth::discover
