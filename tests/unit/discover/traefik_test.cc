#include "discover/traefik.h"

#include <gmock/gmock.h>

#include "discover/traefik_settings.h"
#include "unit/discover/found_lines.h"
#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto yaml = "/etc/traefik/traefik.yml";
constexpr auto toml = "/etc/traefik/traefik.toml";

Discovery discover(const std::string& path, const std::string& text) {
  const std::map<std::string, std::string> files{{path, text}};
  return TraefikDiscoverer().read(tests::MemoryTree(files), {path});
}
std::vector<std::string> of_yaml(const std::string& text) { return tests::found_lines(discover(yaml, text)); }
std::vector<std::string> of_toml(const std::string& text) { return tests::found_lines(discover(toml, text)); }
std::vector<std::string> of_arguments(const std::vector<std::string>& arguments) {
  return tests::found_lines(traefik_arguments(arguments, "/srv/compose.yaml", 7));
}

TEST(Traefik, EntryPointsAreListeners) {
  EXPECT_THAT(of_yaml("entryPoints:\n  web:\n    address: \":80\"\n  websecure:\n    address: :443\n"),
              ElementsAre("80/tcp web", "443/tcp websecure"));
  EXPECT_THAT(
      of_toml("[entryPoints]\n  [entryPoints.web]\n  address = \":80\"\n[entryPoints.dns]\naddress = ':53/udp'\n"),
      testing::UnorderedElementsAre("80/tcp web", "53/udp dns"));
  EXPECT_THAT(of_arguments({"traefik", "--entrypoints.web.address=:80", "--entryPoints.dns.address", ":53/udp"}),
              ElementsAre("80/tcp web", "53/udp dns"));
}

TEST(Traefik, AnAddressHasHostPortAndProtocol) {
  struct Case {
    std::string address;
    std::vector<std::string> lines;
  };
  for (const auto& [address, lines] : std::vector<Case>{
           {":80", {"80/tcp e"}},
           {":80/tcp", {"80/tcp e"}},
           {":53/UDP", {"53/udp e"}},
           {"127.0.0.1:8082/tcp", {"127.0.0.1:8082/tcp e"}},
           {"[::1]:80", {"[::1]:80/tcp e"}},
           // Go listens on both families for either.
           {"0.0.0.0:80", {"80/tcp e"}},
           {"[::]:80", {"80/tcp e"}},
           {"localhost:80", {"127.0.0.1:80/tcp e"}},
           {":0", {"any e"}},
           {"host.example:80", {"? e"}},
           {":https", {"? e"}},
           {":${PORT}", {"? e"}},
       }) {
    EXPECT_EQ(of_arguments({"--entrypoints.e.address=" + address}), lines) << address;
  }
}

TEST(Traefik, AnAddressThatIsNoneIsAProblem) {
  for (const std::string address : {"", "80", ":80/sctp"}) {
    const auto discovery = traefik_arguments({"--entrypoints.e.address=" + address}, "file", 7);
    EXPECT_THAT(discovery.found, IsEmpty()) << address;
    ASSERT_EQ(discovery.problems.size(), 1U) << address;
    EXPECT_EQ(discovery.problems[0].line, 7U);
  }
}

TEST(Traefik, Http3IsUdpOnTheSamePort) {
  EXPECT_THAT(of_yaml("entryPoints:\n  s:\n    address: :443\n    http3: {}\n"), ElementsAre("443/tcp s", "443/udp s"));
  EXPECT_THAT(of_yaml("entryPoints:\n  s:\n    address: :443\n    http3:\n      advertisedPort: 8443\n"),
              ElementsAre("443/tcp s", "443/udp s"));
  EXPECT_THAT(of_toml("[entryPoints.s]\naddress = \":443\"\n[entryPoints.s.http3]\n"),
              ElementsAre("443/tcp s", "443/udp s"));
  EXPECT_THAT(of_arguments({"--entrypoints.s.http3", "--entrypoints.s.address=:443"}),
              ElementsAre("443/tcp s", "443/udp s"));
  EXPECT_THAT(of_arguments({"--entrypoints.s.address=:443", "--entrypoints.s.http3=false"}), ElementsAre("443/tcp s"));
}

TEST(Traefik, WithoutEntryPointsItListensOn80) {
  EXPECT_THAT(of_yaml("providers:\n  docker: {}\n"), ElementsAre("80/tcp http"));
  EXPECT_THAT(of_arguments({"--providers.docker=true"}), ElementsAre("80/tcp http"));
}

TEST(Traefik, ItsOwnEntryPointIsOn8080) {
  const std::string web = "entryPoints:\n  web:\n    address: :80\n";
  const auto lines = ElementsAre("80/tcp web", "8080/tcp traefik");
  EXPECT_THAT(of_yaml(web + "api:\n  insecure: true\n"), lines);
  EXPECT_THAT(of_yaml(web + "ping: {}\n"), lines);
  EXPECT_THAT(of_yaml(web + "metrics:\n  prometheus: {}\n"), lines);
  EXPECT_THAT(of_yaml(web + "providers:\n  rest:\n    insecure: true\n"), lines);
  EXPECT_THAT(of_arguments({"--entrypoints.web.address=:80", "--api.insecure"}), lines);
  EXPECT_THAT(of_arguments({"--entrypoints.web.address=:80", "--ping=true"}), lines);
}

TEST(Traefik, ItIsNotThereForOthers) {
  const std::string web = "entryPoints:\n  web:\n    address: :80\n";
  for (const std::string features : {"api:\n  dashboard: true\n", "api:\n  insecure: false\n",
                                     "ping:\n  entryPoint: web\n", "ping:\n", "ping:\n  manualRouting: true\n",
                                     "metrics:\n  prometheus:\n    entryPoint: web\n", "metrics:\n  datadog: {}\n"}) {
    EXPECT_THAT(of_yaml(web + features), ElementsAre("80/tcp web")) << features;
  }
  EXPECT_THAT(of_arguments({"--entrypoints.web.address=:80", "--ping=false"}), ElementsAre("80/tcp web"));
}

TEST(Traefik, ItsOwnEntryPointCanBeMoved) {
  EXPECT_THAT(of_yaml("entryPoints:\n  traefik:\n    address: 127.0.0.1:9000\napi:\n  insecure: true\n"),
              ElementsAre("127.0.0.1:9000/tcp traefik"));
}

TEST(Traefik, Version1IsRead) {
  EXPECT_THAT(of_toml("defaultEntryPoints = [\"http\"]\n[entryPoints.http]\naddress = \":80\"\n[api]\n[docker]\n"),
              ElementsAre("80/tcp http", "8080/tcp traefik"));
  EXPECT_THAT(of_toml("[web]\naddress = \":8081\"\n"), ElementsAre("80/tcp http", "8081/tcp traefik"));
  EXPECT_THAT(of_arguments({"--entryPoints=Name:http Address::8000 Redirect.EntryPoint:https", "--docker"}),
              ElementsAre("8000/tcp http"));
}

TEST(Traefik, TheDynamicConfigurationHasNoListeners) {
  EXPECT_THAT(of_yaml("http:\n  routers:\n    r:\n      rule: Host(`a.example`)\n      entryPoints: [web]\n"),
              IsEmpty());
  EXPECT_THAT(of_yaml(""), IsEmpty());
  EXPECT_THAT(of_arguments({"traefik", "version"}), IsEmpty());
}

TEST(Traefik, ArgumentsMayNameAFileInstead) {
  EXPECT_THAT(of_arguments({"--configFile=/etc/traefik.yml", "--entrypoints.web.address=:80"}), IsEmpty());
}

TEST(Traefik, TellsWhereItIsWritten) {
  const auto found = discover(yaml, "api: {}\nentryPoints:\n  web:\n    address: :80\n").found;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].source, "traefik");
  EXPECT_EQ(found[0].group, "traefik");
  EXPECT_EQ(found[0].file, yaml);
  EXPECT_EQ(found[0].line, 4U);
  EXPECT_EQ(found[0].raw, ":80");
  EXPECT_EQ(discover(toml, "[entryPoints.web]\n\naddress = \":80\"\n").found.at(0).line, 3U);
  EXPECT_EQ(traefik_arguments({"--entrypoints.web.address=:80"}, "file", 7).found.at(0).line, 7U);
}

TEST(Traefik, ReadsOneFileOfADirectory) {
  const tests::MemoryTree tree(
      {{toml, "[entryPoints.t]\naddress = \":81\"\n"}, {yaml, "entryPoints:\n  y:\n    address: :82\n"}});
  EXPECT_THAT(tests::found_lines(TraefikDiscoverer().read(tree, {toml, yaml})), ElementsAre("81/tcp t"));
  EXPECT_THAT(tests::found_lines(TraefikDiscoverer().read(tree, {yaml})), ElementsAre("82/tcp y"));
}

TEST(Traefik, WhatIsBrokenIsAProblemOfItsLine) {
  for (const auto& [path, text] :
       std::vector<std::pair<std::string, std::string>>{{yaml, "entryPoints:\n  web: [\n"},
                                                        {toml, "[entryPoints]\naddress = \n"},
                                                        {toml, "a = 1\na = 2\n"},
                                                        {toml, "\n[~]\n"}}) {
    const auto discovery = discover(path, text);
    ASSERT_EQ(discovery.problems.size(), 1U) << text;
    EXPECT_EQ(discovery.problems[0].file, path);
    EXPECT_GE(discovery.problems[0].line, 2U) << text;
    EXPECT_THAT(discovery.found, IsEmpty());
  }
  EXPECT_EQ(
      TraefikDiscoverer().read(tests::MemoryTree(std::map<std::string, std::string>{}), {yaml}).problems.at(0).message,
      "no such file");
}

TEST(Traefik, TomlThatIsTooDeepIsRefused) {
  std::string parts = "a";
  for (int level = 0; level < 200'000; ++level) parts += ".a";
  EXPECT_THAT(discover(toml, parts + " = 1\n").problems.at(0).message, HasSubstr("too many parts"));
  EXPECT_EQ(discover(toml, "a = " + std::string(200'000, '[')).problems.size(), 1U);
}

TEST(Traefik, RecognizesItsFiles) {
  EXPECT_TRUE(TraefikDiscoverer().recognizes("traefik.yml"));
  EXPECT_TRUE(TraefikDiscoverer().recognizes("traefik.toml"));
  EXPECT_FALSE(TraefikDiscoverer().recognizes("dynamic.yml"));
  EXPECT_THAT(TraefikDiscoverer().usual_files(), testing::Contains(yaml));
}

}  // namespace
}  // namespace berth::discover
