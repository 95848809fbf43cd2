#include "discover/compose.h"

#include <gmock/gmock.h>

#include "unit/discover/compose_scene.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::discover;
using tests::lines_of;
using tests::problems_of;

const std::string yaml = "/srv/app/compose.yaml";

TEST(ComposeNames, AreThoseThatComposeLooksFor) {
  const ComposeDiscoverer compose;
  for (const auto* name : {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml",
                           "compose.override.yaml", "docker-compose.override.yml", "docker-compose.prod.yml"})
    EXPECT_TRUE(compose.recognizes(name)) << name;
  for (const auto* name : {"compose", "compose.json", "docker-compose", "my-compose.yaml", "compose.yaml.bak",
                           "docker-composeXyml", "compose..yml", "docker-stack.yml", "Compose.yaml", "values.yaml"})
    EXPECT_FALSE(compose.recognizes(name)) << name;
}

TEST(Compose, SaysWhatItFound) {
  const auto discovery = discover({{yaml, "services:\n  web:\n    ports:\n      - \"8080:80\"\n"}});
  ASSERT_EQ(discovery.found.size(), 1U);
  EXPECT_EQ(discovery.found[0], (Found{.source = "compose",
                                       .file = yaml,
                                       .line = 4,
                                       .group = "app",
                                       .member = "web",
                                       .endpoint = Endpoint{{}, Protocol::tcp, {8080, 8080}},
                                       .target = PortRange{80, 80},
                                       .raw = "8080:80",
                                       .owner = {Owner::Kind::compose, "app/web"}}));
  EXPECT_THAT(discovery.problems, IsEmpty());
}

TEST(Compose, ReadsEveryForm) {
  EXPECT_THAT(
      lines_of(discover({{yaml, R"(
services:
  web:
    ports:
      - 22:22
      - 8080
      - 0x1F90:80
      - 0x50
      - "127.0.0.1:5000-5001:5000-5001/UDP"
      - "6000-6005:80"
      - target: 443
        published: "8443"
        host_ip: "::1"
        protocol: tcp
        mode: host
      - {target: 53, published: 53, protocol: UDP}
      - target: 9000
      - "132:132/sctp"
)"}})),
      ElementsAre("web 22/tcp -> 22", "web ephemeral -> 8080", "web ephemeral -> 80",
                  "web 127.0.0.1:5000-5001/udp -> 5000-5001", "web 6000-6005/tcp -> 80", "web [::1]:8443/tcp -> 443",
                  "web 53/udp -> 53", "web ephemeral -> 9000", "web unresolved -> 132: sctp has ports of its own"));
}

TEST(Compose, VariablesAreThoseOfDotenv) {
  const auto discovery = discover({{yaml, R"(
services:
  web:
    env_file: web.env
    ports:
      - ${PORT}:80
      - ${NONE:-8081}:80
      - ${NONE}:80
      - ${NONE:?set it}:${OTHER}
      - target: 80
        published: ${NONE}
      - ${EMPTY}:80
      - ${COMPOSE_PROJECT_NAME}
)"},
                                   {"/srv/app/.env", "PORT=8080\nEMPTY=\nCOMPOSE_PROJECT_NAME=8000"},
                                   {"/srv/app/web.env", "NONE=1"}});
  EXPECT_THAT(lines_of(discovery), ElementsAre("web 8080/tcp -> 80", "web 8081/tcp -> 80", "web unresolved NONE",
                                               "web unresolved NONE OTHER", "web unresolved NONE",
                                               "web ephemeral -> 80", "web ephemeral -> 8000"));
  EXPECT_EQ(discovery.found[3].raw, "${NONE:?set it}:${OTHER}");
  EXPECT_EQ(discovery.found[4].raw, "{target: 80, published: ${NONE}}");
}

TEST(Compose, AnchorsMergesAndFragments) {
  EXPECT_THAT(lines_of(discover({{yaml, R"(
x-ports: &ports ["80:80"]
x-service: &service
  ports: *ports
  profiles: [p]
services:
  a: &a
    <<: *service
  b:
    <<: [*a]
    ports: ["81:81"]
)"}})),
              ElementsAre("a 80/tcp -> 80 (optional)", "b 81/tcp -> 81 (optional)"));
}

TEST(Compose, TheFormatWithoutServices) {
  EXPECT_THAT(lines_of(discover({{yaml,
                                  "web:\n  image: x\n  ports: [\"80:80\"]\nversion: '1'\nlab:\n  net: host\n  "
                                  "build: .\n  ports: [\"81:81\"]\n"}})),
              ElementsAre("lab 81/tcp -> 81", "web 80/tcp -> 80"));
}

TEST(Compose, ProfilesAreOptionalUnlessDotenvStartsThem) {
  const std::string text =
      "services:\n  a: {profiles: [p], ports: [\"1:1\"]}\n  b: {profiles: [q, r], ports: [\"2:2\"]}\n  c: {ports: "
      "[\"3:3\"]}\n";
  EXPECT_THAT(lines_of(discover({{yaml, text}})),
              ElementsAre("a 1/tcp -> 1 (optional)", "b 2/tcp -> 2 (optional)", "c 3/tcp -> 3"));
  EXPECT_THAT(lines_of(discover({{yaml, text}, {"/srv/app/.env", "COMPOSE_PROFILES=x,r"}})),
              ElementsAre("a 1/tcp -> 1 (optional)", "b 2/tcp -> 2", "c 3/tcp -> 3"));
  EXPECT_THAT(lines_of(discover({{yaml, text}, {"/srv/app/.env", "COMPOSE_PROFILES=*"}})),
              ElementsAre("a 1/tcp -> 1", "b 2/tcp -> 2", "c 3/tcp -> 3"));
}

TEST(Compose, TheHostsNetwork) {
  EXPECT_THAT(
      lines_of(discover({{yaml, R"(
services:
  a: {network_mode: host, expose: ["1"]}
  b: {network_mode: host, ports: ["80:80", "81:8081", "82"]}
)"}})),
      ElementsAre("a unresolved: the program opens its ports on the host itself, and the file does not say which",
                  "b 80/tcp -> 80",
                  "b unresolved -> 8081: network_mode: host publishes nothing: the program opens its ports on "
                  "the host itself",
                  "b unresolved -> 82: network_mode: host publishes nothing: the program opens its ports on "
                  "the host itself"));
}
TEST(Compose, AnotherServicesNetwork) {
  EXPECT_THAT(lines_of(discover({{yaml, R"(
services:
  a: {network_mode: "service:b"}
  b: {network_mode: bridge, ports: ["80:80"]}
  c: {network_mode: "container:x", ports: ["81:81"]}
  d: {network_mode: none, ports: ["82:82"]}
)"}})),
              ElementsAre("b 80/tcp -> 80", "c unresolved -> 81: network_mode: container:x publishes nothing by itself",
                          "d unresolved -> 82: network_mode: none publishes nothing"));
}

TEST(Compose, WhatIsPublishedTwiceIsOnePort) {
  EXPECT_THAT(lines_of(discover({{yaml,
                                  "services: {a: {ports: [\"80:80\", \"80:80/tcp\", \"80:80/udp\", \"80:81\", "
                                  "{target: 80, published: 80}]}}\n"}})),
              ElementsAre("a 80/tcp -> 80", "a 80/udp -> 80", "a 80/tcp -> 81"));
}

// What Compose refuses is said; the rest is read.
struct Refused {
  std::string text;
  std::vector<std::string> problems;
};
class RefusedCompose : public testing::TestWithParam<Refused> {};
TEST_P(RefusedCompose, IsSaid) {
  const auto discovery = discover({{yaml, GetParam().text}});
  std::vector<std::string> problems;
  for (const auto& problem : discovery.problems)
    problems.push_back(std::to_string(problem.line) + ": " + problem.message);
  EXPECT_EQ(problems, GetParam().problems);
}
INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedCompose,
    testing::ValuesIn<Refused>({
        {"", {"0: declares no services"}},
        {"volumes: {}\n", {"0: declares no services"}},
        {"a: text\n", {"0: declares no services"}},
        {"- a\n", {"1: is not a mapping", "0: declares no services"}},
        {"services: []\n", {"1: `services` is not a mapping"}},
        {"services:\n", {}},
        {"services:\n  a: text\n", {"2: service 'a' is not a mapping"}},
        {"services:\n  a:\n", {}},
        {"services:\n  a:\n    ports: 80:80\n", {"3: `ports` is not a list"}},
        {"services:\n  a:\n    ports:\n", {}},
        {"services:\n  a:\n    ports:\n      - 1=1\n", {"4: port '1=1': '1=1' is not a port of a container"}},
        {"services:\n  a:\n    ports:\n      - ~\n", {"4: a member of `ports` is neither a text nor a mapping"}},
        {"services:\n  a:\n    ports:\n      - $(id):80\n", {"4: '$(id):80' has a `$` that begins no variable"}},
        {"services:\n  a:\n    ports: [{published: 80}]\n",
         {"3: port '{published: 80}': the container's port is missing"}},
        {"services:\n  a: {}\n  a: {}\n", {"3: 'a' is there twice: the last one counts here, and Compose refuses it"}},
        {"services:\n  a:\n   b: [\n", {"3: did not find expected node content while parsing a flow node"}},
        {"services:\n  a: {extends: a}\n", {"2: extends itself"}},
        {"services:\n  a: {extends: b}\n", {"2: extends 'b', which is not there"}},
        {"services:\n  a: {extends: {file: x.yaml}}\n", {"2: `extends` names no service"}},
        {"services:\n  a: {extends: $X}\n", {"2: `extends` '$X' needs X, which has no value"}},
        {"services:\n  a: {extends: {file: x.yaml, service: b}}\n", {"2: /srv/app/x.yaml: no such file"}},
        {"include: x.yaml\n", {"1: `include` is not a list"}},
        {"include: [x.yaml]\n", {"1: /srv/app/x.yaml: no such file"}},
        {"include:\n  - compose.yaml\n", {"2: includes itself"}},
        {"include:\n  - oci://a/b\n", {"2: 'oci://a/b' is not on this machine"}},
        {"include:\n  - {}\n", {"2: `include` names no file"}},
    }));

TEST(RefusedCompose, TheRestIsRead) {
  const auto discovery = discover({{yaml, R"(
x: &list [y]
services:
  a:
    environment:
      <<: *list
    ports: ["80:80", "a:b", "81:81"]
  b: text
  c: {extends: none, ports: ["82:82"]}
)"}});
  EXPECT_THAT(lines_of(discovery), ElementsAre("a 80/tcp -> 80", "a 81/tcp -> 81", "c 82/tcp -> 82"));
  EXPECT_EQ(discovery.problems.size(), 4U);
}
TEST(RefusedCompose, ADotenvToo) {
  const auto discovery = discover({{yaml, "services: {a: {ports: [\"$A:80\"]}}"}, {"/srv/app/.env", "A=80\nB 81\n"}});
  EXPECT_THAT(lines_of(discovery), ElementsAre("a 80/tcp -> 80"));
  EXPECT_THAT(problems_of(discovery), ElementsAre("/srv/app/.env:2: `=` is missing after the variable's name"));
}
TEST(RefusedCompose, WhatCannotBeRead) {
  tests::MemoryTree tree({{yaml, "services: {}"}});
  tree.refuse(yaml, "permission denied");
  tree.refuse("/srv/app/.env", "is not a regular file");
  EXPECT_THAT(problems_of(ComposeDiscoverer().read(tree, {yaml})),
              ElementsAre("/srv/app/.env:0: is not a regular file", yaml + ":0: permission denied"));
}

}  // namespace
}  // namespace berth::discover
