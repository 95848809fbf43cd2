#include <gmock/gmock.h>

#include "discover/caddy.h"
#include "unit/discover/found_lines.h"
#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto path = "/etc/caddy/caddy.json";

Discovery discover(const std::string& text) {
  return CaddyDiscoverer().read(tests::MemoryTree({{path, text}}), {path});
}
// Of one server, without the administration.
std::vector<std::string> sockets(const std::string& server) {
  return tests::found_lines(
      discover(R"({"admin": {"disabled": true}, "apps": {"http": {"servers": {"s": {)" + server + "}}}}}"));
}

TEST(CaddyJson, AServerListens) {
  EXPECT_THAT(sockets(R"("listen": [":8080", "127.0.0.1:8081", "unix//run/x", "tcp4/:8082"])"),
              ElementsAre("8080/tcp", "127.0.0.1:8081/tcp", "0.0.0.0:8082/tcp"));
}

TEST(CaddyJson, PortsMayBeARange) { EXPECT_THAT(sockets(R"("listen": [":8080-8085"])"), ElementsAre("8080-8085/tcp")); }

TEST(CaddyJson, NamesHaveHttps) {
  EXPECT_THAT(sockets(R"("listen": [":443"], "routes": [{"match": [{"host": ["a.example"]}]}])"),
              ElementsAre("443/tcp a.example", "443/udp a.example", "80/tcp a.example"));
}

TEST(CaddyJson, AutomaticHttpsCanBeOff) {
  const std::string server = R"("listen": [":8443"], "routes": [{"match": [{"host": ["a.example"]}]}], )";
  EXPECT_THAT(sockets(server + R"("automatic_https": {"disable": true})"), ElementsAre("8443/tcp a.example"));
  EXPECT_THAT(sockets(server + R"("automatic_https": {"skip": ["a.example"]})"), ElementsAre("8443/tcp a.example"));
  EXPECT_THAT(sockets(server + R"("automatic_https": {"disable_redirects": true})"),
              ElementsAre("8443/tcp a.example", "8443/udp a.example"));
}

TEST(CaddyJson, PoliciesAreTls) {
  EXPECT_THAT(sockets(R"("listen": [":8443"], "tls_connection_policies": [{}])"),
              ElementsAre("8443/tcp", "8443/udp", "80/tcp"));
  EXPECT_THAT(sockets(R"("listen": [":8443"], "tls_connection_policies": [])"), ElementsAre("8443/tcp"));
}

TEST(CaddyJson, ProtocolsAreChosen) {
  const std::string server = R"("listen": [":443", ":444"], "automatic_https": {"disable_redirects": true}, )"
                             R"("tls_connection_policies": [{}], )";
  EXPECT_THAT(sockets(server + R"("protocols": ["h1"])"), ElementsAre("443/tcp", "444/tcp"));
  EXPECT_THAT(sockets(server + R"("listen_protocols": [["h3"], [""]])"), ElementsAre("443/udp", "444/tcp", "444/udp"));
}

TEST(CaddyJson, TheAdministrationAndThePorts) {
  EXPECT_THAT(tests::found_lines(discover("{}")), ElementsAre("127.0.0.1:2019/tcp admin"));
  EXPECT_THAT(
      tests::found_lines(discover(
          R"({"admin": {"listen": ":2020"}, "apps": {"http": {"http_port": 8080, "servers": {"s": {"listen": [":443"]}}}}})")),
      ElementsAre("443/tcp", "443/udp", "8080/tcp", "2020/tcp admin"));
}

TEST(CaddyJson, PlaceholdersAreUnresolved) {
  EXPECT_THAT(sockets(R"("listen": [":{env.PORT}", "{system.hostname}:80", ":{file./run/port}"])"),
              ElementsAre("? PORT", "?", "?"));
}

TEST(CaddyJson, TellsTheLine) {
  const auto found =
      discover("{\"apps\": {\"http\": {\"servers\": {\n \"s\": {\n  \"listen\": [\n   \":81\"]}}}}}").found;
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].line, 4U);
  EXPECT_EQ(found[0].raw, ":81");
}

TEST(CaddyJson, WhatIsNoConfigurationIsAProblem) {
  for (const std::string text : {"", "{\n]", "[]", "{\"apps\": 1}", "{\"apps\": {\"http\": {\"servers\": []}}}"}) {
    const auto discovery = discover(text);
    if (text.starts_with("{\"")) {
      EXPECT_THAT(discovery.problems, IsEmpty()) << text;
    } else {
      EXPECT_EQ(discovery.problems.size(), 1U) << text;
      EXPECT_THAT(discovery.found, IsEmpty()) << text;
    }
  }
}

}  // namespace
}  // namespace berth::discover
