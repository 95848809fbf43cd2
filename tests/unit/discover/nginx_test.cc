#include "discover/nginx.h"

#include <gmock/gmock.h>

#include "discover/findings.h"
#include "unit/discover/found.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using tests::in_words;
using tests::MemoryTree;

constexpr const char* nginx_conf = "/etc/nginx/nginx.conf";

Discovery read_nginx(std::map<std::string, std::string> files, const std::string& path = nginx_conf) {
  return NginxDiscoverer().read(MemoryTree(std::move(files)), {path});
}
std::vector<std::string> nginx_ports(const std::string& http) {
  return in_words(read_nginx({{nginx_conf, "http {" + http + "}"}}).found);
}

TEST(NginxDiscoverer, SaysWhereItIsWritten) {
  const auto found =
      read_nginx({{nginx_conf, "http {\nserver {\n listen 127.0.0.1:80  ssl;\n server_name a.example;\n}\n}"}}).found;
  const Found expected{.source = "nginx",
                       .file = nginx_conf,
                       .line = 3,
                       .group = "nginx",
                       .member = "a.example",
                       .endpoint = Endpoint{*Address::parse("127.0.0.1"), Protocol::tcp, {80, 80}},
                       .raw = "listen 127.0.0.1:80 ssl"};
  EXPECT_THAT(found, ElementsAre(expected));
}
TEST(NginxDiscoverer, ListensOnlyInServers) {
  const auto discovery = read_nginx({{nginx_conf, R"(
    events { listen 1; }
    listen 2;
    http { listen 3; map a b { listen 4; server { listen 5; } } upstream u { server 127.0.0.1:6; }
           server { listen 80; location / { listen 7; } types { listen 8; } } }
    stream { server { listen 53 udp; } }
    mail { server { listen 25; } }
    rtmp { server { listen 1935; application a { } } }
    other { server { listen 9; } })"}});
  EXPECT_THAT(in_words(discovery.found),
              ElementsAre("0.0.0.0:80/tcp", "0.0.0.0:53/udp", "0.0.0.0:25/tcp", "0.0.0.0:1935/tcp"));
  EXPECT_THAT(in_words(discovery.problems), IsEmpty());
}
TEST(NginxDiscoverer, TcpAndUdpOfOnePortAreTwo) {
  EXPECT_THAT(nginx_ports("server { listen 443 ssl; listen 443 quic; listen [::]:443 quic; }"),
              ElementsAre("0.0.0.0:443/tcp", "0.0.0.0:443/udp", "[::]:443/udp v6only"));
}
TEST(NginxDiscoverer, ASiteWithoutListenHasPort80) {
  const auto found = read_nginx({{nginx_conf, "http {\nserver { server_name a; }}"}}).found;
  EXPECT_THAT(in_words(found), ElementsAre("0.0.0.0:80/tcp"));
  EXPECT_EQ(found.at(0).line, 2U);
  EXPECT_EQ(found.at(0).raw, "server");
}
TEST(NginxDiscoverer, ASocketAloneIsNoDefault) {
  EXPECT_THAT(nginx_ports("server { listen unix:/run/x; }"), IsEmpty());
}

// One socket for many servers.

TEST(NginxDiscoverer, APortOfManySitesIsFoundOnce) {
  const auto found = read_nginx({{nginx_conf,
                                  "http { server { listen 80; server_name a; }\n"
                                  "server { listen 80; listen 81; server_name b; } }"}})
                         .found;
  EXPECT_THAT(in_words(found), ElementsAre("0.0.0.0:80/tcp", "0.0.0.0:81/tcp"));
  EXPECT_EQ(found.at(0).line, 1U);
  EXPECT_EQ(found.at(0).member, "");
  EXPECT_EQ(found.at(1).member, "b");
}
TEST(NginxDiscoverer, RangesThatOverlapAreFoundOnce) {
  EXPECT_THAT(nginx_ports("server { listen 8002-8003; } server { listen 8000-8005; } server { listen 8001-8004; }"),
              ElementsAre("0.0.0.0:8002-8003/tcp", "0.0.0.0:8000-8001/tcp", "0.0.0.0:8004-8005/tcp"));
}
TEST(NginxDiscoverer, TheWildcardServesTheAddresses) {
  EXPECT_THAT(nginx_ports("server { listen 192.0.2.1:80; } server { listen 80; listen [::1]:80; }"),
              ElementsAre("0.0.0.0:80/tcp", "[::1]:80/tcp"));
  EXPECT_THAT(nginx_ports("server { listen 192.0.2.1:80-82; listen 81; listen [::]:80; listen [::1]:80; }"),
              ElementsAre("192.0.2.1:80/tcp", "192.0.2.1:82/tcp", "0.0.0.0:81/tcp", "[::]:80/tcp v6only"));
}
TEST(NginxDiscoverer, ASocketOfItsOwnIsBesideTheWildcard) {
  EXPECT_THAT(nginx_ports("server { listen 192.0.2.1:80; listen 80; } server { listen 192.0.2.1:80 backlog=9; }"),
              ElementsAre("192.0.2.1:80/tcp", "0.0.0.0:80/tcp"));
}
TEST(NginxDiscoverer, ModulesDoNotServeEachOther) {
  const auto found =
      read_nginx({{nginx_conf, "http { server { listen 80; } } stream { server { listen 192.0.2.1:80; } }"}}).found;
  EXPECT_THAT(in_words(found), ElementsAre("0.0.0.0:80/tcp", "192.0.2.1:80/tcp"));
}
TEST(NginxDiscoverer, WhatIsDualStackInOneServerIsSoInAll) {
  EXPECT_THAT(nginx_ports("server { listen [::]:80-82; } server { listen [::]:81 ipv6only=off; }"),
              ElementsAre("[::]:81/tcp", "[::]:80/tcp v6only", "[::]:82/tcp v6only"));
}

// Names.

TEST(NginxDiscoverer, ASiteIsCalledAfterItsFirstNaturalName) {
  const auto member = [](const std::string& names) {
    return read_nginx({{nginx_conf, "http { server { server_name " + names + "; listen 80; } }"}}).found.at(0).member;
  };
  EXPECT_EQ(member("_ '' localhost *.a ~^b$ .c $d e.example f"), "e.example");
  EXPECT_EQ(member("_"), "");
}

// Includes.

TEST(NginxDiscoverer, FollowsIncludesFromTheDirectoryOfTheMainFile) {
  const auto discovery = read_nginx({{nginx_conf, "http { include sites/*.conf; include /srv/one; include none/*; }"},
                                     {"/etc/nginx/sites/a.conf", "server { include snippets/listen; }"},
                                     {"/etc/nginx/snippets/listen", "listen 81;"},
                                     {"/etc/nginx/sites/b.off", "server { listen 82; }"},
                                     {"/srv/one", "\nserver { listen 83; }"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:81/tcp", "0.0.0.0:83/tcp"));
  EXPECT_EQ(discovery.found.at(1).file, "/srv/one");
  EXPECT_EQ(discovery.found.at(1).line, 2U);
  EXPECT_THAT(in_words(discovery.problems), IsEmpty());
}
TEST(NginxDiscoverer, AMissingFileIsAProblemAndTheRestIsRead) {
  const auto discovery = read_nginx({{nginx_conf, "http {\ninclude none;\nserver { listen 80; } }"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:80/tcp"));
  EXPECT_THAT(in_words(discovery.problems),
              ElementsAre("/etc/nginx/nginx.conf:2: /etc/nginx/none: there is no such file"));
}
TEST(NginxDiscoverer, WhereAFileIsMissingNoDefaultIsAssumed) {
  EXPECT_THAT(nginx_ports("server { include none; }"),
              ElementsAre("server unresolved: not all that belongs to this server could be read"));
}
TEST(NginxDiscoverer, WhatHasNoPortsIsNotEvenRead) {
  const auto discovery =
      read_nginx({{nginx_conf, "http { types { include none; } server { listen 80; location / { include none; } } }"}});
  EXPECT_THAT(in_words(discovery.problems), IsEmpty());
}
TEST(NginxDiscoverer, ALoopEnds) {
  const auto discovery = read_nginx({{nginx_conf, "include nginx.conf; include a;"},
                                     {"/etc/nginx/a", "include b;"},
                                     {"/etc/nginx/b", "include a; include a;"}});
  EXPECT_THAT(in_words(discovery.problems), SizeIs(3));
}
TEST(NginxDiscoverer, DoublingEnds) {
  std::map<std::string, std::string> files{{nginx_conf, "include 0;"}};
  for (int depth = 0; depth < 60; ++depth) {
    const auto next = std::to_string(depth + 1);
    files["/etc/nginx/" + std::to_string(depth)] = "include " + next + "; include " + next + ";";
  }
  const auto discovery = read_nginx(std::move(files));
  EXPECT_THAT(discovery.problems, SizeIs(testing::Le(Findings::most_problems + 1)));
}
TEST(NginxDiscoverer, AFileOfSitesIsReadAsPartOfHttp) {
  const auto discovery = read_nginx({{nginx_conf, ""},
                                     {"/etc/nginx/conf.d/a.conf", "server { listen 80; include b; }"},
                                     {"/etc/nginx/b", "listen 81;"}},
                                    "/etc/nginx/conf.d/a.conf");
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:80/tcp", "0.0.0.0:81/tcp"));
}

// What is wrong.

TEST(NginxDiscoverer, ATemplateIsUnresolved) {
  EXPECT_THAT(nginx_ports("server { listen ${PORT}; }"), ElementsAre("listen ${PORT} unresolved $PORT"));
}
TEST(NginxDiscoverer, ABadListenIsAProblemAndTheRestIsRead) {
  const auto discovery = read_nginx({{nginx_conf, "http { server {\n listen 70000; listen 80; } }"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:80/tcp"));
  EXPECT_THAT(in_words(discovery.problems),
              ElementsAre("/etc/nginx/nginx.conf:2: '70000' has no port of 1 to 65535, nor a range of such"));
}
TEST(NginxDiscoverer, WhatIsBeforeAFaultIsFound) {
  const auto discovery = read_nginx({{nginx_conf, "http { server { listen 80; }\n server { listen {{ port }}; } }"}});
  EXPECT_THAT(
      in_words(discovery.found),
      UnorderedElementsAre("0.0.0.0:80/tcp", "server unresolved: not all that belongs to this server could be read"));
  EXPECT_THAT(in_words(discovery.problems), ElementsAre("/etc/nginx/nginx.conf:2: unexpected '{'"));
}
TEST(NginxDiscoverer, BracesMustMatch) {
  EXPECT_THAT(in_words(read_nginx({{nginx_conf, "http {\n"}}).problems),
              ElementsAre("/etc/nginx/nginx.conf:2: the file ends before a closing '}'"));
  EXPECT_THAT(in_words(read_nginx({{nginx_conf, "a;\n}"}}).problems),
              ElementsAre("/etc/nginx/nginx.conf:2: unexpected '}'"));
}
TEST(NginxDiscoverer, OutsideHttpAServerMustListen) {
  EXPECT_THAT(in_words(read_nginx({{nginx_conf, "stream { server { } }"}}).problems),
              ElementsAre("/etc/nginx/nginx.conf:1: the server has no listen directive"));
}
TEST(NginxDiscoverer, AFileThatIsNotThereIsAProblem) {
  EXPECT_THAT(in_words(read_nginx({}).problems), ElementsAre("/etc/nginx/nginx.conf:0: there is no such file"));
}

TEST(NginxDiscoverer, BeginsWithTheMainFile) {
  EXPECT_TRUE(NginxDiscoverer().recognizes("nginx.conf"));
  EXPECT_FALSE(NginxDiscoverer().recognizes("default.conf"));
  EXPECT_THAT(NginxDiscoverer().usual_files(), testing::Contains(nginx_conf));
}

}  // namespace
}  // namespace berth::discover
