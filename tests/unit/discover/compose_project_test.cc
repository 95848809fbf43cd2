#include "discover/compose_project.h"

#include <gmock/gmock.h>

#include "discover/findings.h"
#include "unit/discover/compose_scene.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using tests::discover;
using tests::Files;
using tests::lines_of;
using tests::problems_of;

const std::string yaml = "/srv/app/compose.yaml";

std::string service(const std::string& name, const std::string& port) {
  return "services: {" + name + ": {ports: [\"" + port + "\"]}}\n";
}

TEST(ComposeProjectName, IsMadeOfTheDirectorys) {
  EXPECT_EQ(compose_project_name("app"), "app");
  EXPECT_EQ(compose_project_name("My App.v2"), "myappv2");
  EXPECT_EQ(compose_project_name("_-a_B-c"), "a_b-c");
  EXPECT_EQ(compose_project_name("\xC3\xA9t\xC3\xA9"), "t");
  EXPECT_EQ(compose_project_name("..."), "");
}
TEST(ComposeProjectName, ComesFromDotenvThenTheFilesThenTheDirectory) {
  const auto group = [](const Files& files) { return discover(files).found.at(0).group; };
  const auto text = service("a", "80:80");
  EXPECT_EQ(group({{yaml, text}}), "app");
  EXPECT_EQ(group({{yaml, "name: shop\n" + text}}), "shop");
  EXPECT_EQ(group({{yaml, "name: ${N:-shop}\n" + text}}), "shop");
  EXPECT_EQ(group({{yaml, "name: $N\n" + text}}), "app");
  EXPECT_EQ(group({{yaml, "name: shop\n" + text}, {"/srv/app/compose.override.yaml", "name: bar\n"}}), "bar");
  EXPECT_EQ(group({{yaml, "name: shop\n" + text}, {"/srv/app/.env", "COMPOSE_PROJECT_NAME=net"}}), "net");
}

TEST(ComposeFiles, TheFirstNameWins) {
  Files files{{"/srv/app/docker-compose.yml", service("a", "1:1")}, {"/srv/app/docker-compose.prod.yml", ""}};
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 1/tcp -> 1"));
  files["/srv/app/docker-compose.yaml"] = service("a", "2:2");
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 2/tcp -> 2"));
  files["/srv/app/compose.yml"] = service("a", "3:3");
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 3/tcp -> 3"));
  files["/srv/app/compose.yaml"] = service("a", "4:4");
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 4/tcp -> 4"));
}
TEST(ComposeFiles, AnOverrideGoesUponThem) {
  EXPECT_THAT(
      lines_of(discover({{yaml, service("a", "1:1")}, {"/srv/app/docker-compose.override.yml", service("a", "2:2")}})),
      ElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2"));
}
TEST(ComposeFiles, OthersAreReadByThemselvesWhereThereIsNoProject) {
  EXPECT_THAT(lines_of(discover({{"/srv/app/docker-compose.dev.yml", service("a", "1:1")},
                                 {"/srv/app/docker-compose.prod.yml", service("a", "2:2")}})),
              ElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2"));
}
TEST(ComposeFiles, DotenvSaysWhich) {
  Files files{{yaml, service("a", "1:1")},
              {"/srv/app/docker-compose.prod.yml", service("a", "2:2")},
              {"/srv/app/more/x.yaml", service("b", "3:3")},
              {"/srv/app/.env", "COMPOSE_FILE=docker-compose.prod.yml:more/x.yaml"}};
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 2/tcp -> 2", "b 3/tcp -> 3"));
  files["/srv/app/.env"] = "COMPOSE_FILE=compose.yaml,none.yaml\nCOMPOSE_PATH_SEPARATOR=,";
  EXPECT_THAT(lines_of(discover(files)), ElementsAre("a 1/tcp -> 1"));
  EXPECT_THAT(problems_of(discover(files)), ElementsAre("/srv/app/none.yaml:0: no such file"));
}
TEST(ComposeFiles, AFileThatTheOperatorNamedIsReadByItself) {
  const tests::MemoryTree tree({{"/srv/app/stack.yml", service("a", "1:1")}, {"/srv/app/.env", "COMPOSE_FILE=b.yml"}});
  EXPECT_THAT(lines_of(ComposeDiscoverer().read(tree, {"/srv/app/stack.yml"})), ElementsAre("a 1/tcp -> 1"));
}

// What the override makes of a base that publishes 1 and 2.
struct Merged {
  std::string over;
  std::vector<std::string> lines;
};
class ComposeMerge : public testing::TestWithParam<Merged> {};
TEST_P(ComposeMerge, AsComposeDoes) {
  const auto discovery = discover({{yaml, "services: {a: {ports: [\"1:1\", \"2:2\"], profiles: [p]}}\n"},
                                   {"/srv/app/compose.override.yaml", "services:\n" + GetParam().over}});
  EXPECT_EQ(lines_of(discovery), GetParam().lines);
  EXPECT_THAT(discovery.problems, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(
    Rules, ComposeMerge,
    testing::ValuesIn<Merged>({
        {" a: {image: x}", {"a 1/tcp -> 1 (optional)", "a 2/tcp -> 2 (optional)"}},
        {" a: {ports: [\"3:3\"]}", {"a 1/tcp -> 1 (optional)", "a 2/tcp -> 2 (optional)", "a 3/tcp -> 3 (optional)"}},
        {" a: {ports: [\"2:2\"]}", {"a 1/tcp -> 1 (optional)", "a 2/tcp -> 2 (optional)"}},
        {" a: {ports: !override [\"3:3\"]}", {"a 3/tcp -> 3 (optional)"}},
        {" a: {ports: !override []}", {}},
        {" a: {ports: !reset []}", {}},
        {" a: {ports: !reset null}", {}},
        {" a: {profiles: !reset []}", {"a 1/tcp -> 1", "a 2/tcp -> 2"}},
        {" a: !override {ports: [\"3:3\"]}", {"a 3/tcp -> 3"}},
        {" a: !reset null", {}},
        {" b: {ports: [\"3:3\"]}", {"a 1/tcp -> 1 (optional)", "a 2/tcp -> 2 (optional)", "b 3/tcp -> 3"}},
    }));
TEST(ComposeMerge, TheNetworkIsTheStrongerOne) {
  const std::string base = "services: {a: {network_mode: none, ports: [\"1:1\"]}}\n";
  const auto with = [&](const std::string& mode) {
    return lines_of(discover({{yaml, base}, {"/srv/app/compose.override.yaml", "services: {a: {" + mode + "}}"}}));
  };
  EXPECT_THAT(with("network_mode: bridge"), ElementsAre("a 1/tcp -> 1"));
  EXPECT_THAT(with("network_mode: !reset null"), ElementsAre("a 1/tcp -> 1"));
  EXPECT_THAT(with(""), ElementsAre("a unresolved -> 1: network_mode: none publishes nothing"));
}
TEST(ComposeMerge, DocumentsOfAFileGoUponEachOther) {
  EXPECT_THAT(lines_of(discover({{yaml, service("a", "1:1") + "---\n" + service("a", "2:2")}})),
              ElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2"));
}

TEST(ComposeExtends, AServiceOfTheSameFile) {
  EXPECT_THAT(lines_of(discover({{yaml, R"(
services:
  a: {ports: ["1:1"], network_mode: none}
  b: {extends: a, ports: ["2:2"], network_mode: bridge}
  c: {extends: {service: b}, ports: !override ["3:3"]}
  d: {extends: {service: b}, ports: !reset []}
)"}})),
              ElementsAre("a unresolved -> 1: network_mode: none publishes nothing", "b 1/tcp -> 1", "b 2/tcp -> 2",
                          "c 3/tcp -> 3"));
}
TEST(ComposeExtends, AServiceOfAnotherFileWhosePathsGoFromThere) {
  const auto discovery =
      discover({{yaml, "services: {a: {extends: {file: sub/one.yaml, service: b}, ports: [\"3:3\"]}}"},
                {"/srv/app/sub/one.yaml",
                 "services:\n  b:\n    extends: {file: ../two.yaml, service: c}\n    ports: [\"2:2\"]\n"},
                {"/srv/app/two.yaml", "services:\n  c:\n    ports:\n    - $P:1\n"},
                {"/srv/app/.env", "P=1"}});
  EXPECT_THAT(lines_of(discovery), ElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2", "a 3/tcp -> 3"));
  EXPECT_EQ(discovery.found[0].file, "/srv/app/two.yaml");
  EXPECT_EQ(discovery.found[0].line, 4U);
}
TEST(ComposeExtends, ACircleHasAnEnd) {
  const auto discovery = discover({{yaml,
                                    "services:\n  a: {extends: b, ports: [\"1:1\"]}\n  b: {extends: {file: "
                                    "x.yaml, service: c}, ports: [\"2:2\"]}\n"},
                                   {"/srv/app/x.yaml", "services:\n  c: {extends: {file: compose.yaml, service: a}}"}});
  EXPECT_THAT(problems_of(discovery), ElementsAre("/srv/app/x.yaml:2: extends itself"));
  EXPECT_THAT(lines_of(discovery), ElementsAre("a 2/tcp -> 2", "a 1/tcp -> 1", "b 2/tcp -> 2"));
}

TEST(ComposeInclude, AFileWithItsOwnDotenv) {
  EXPECT_THAT(lines_of(discover({{yaml, "include: [sub/one.yaml]\nservices: {z: {ports: [\"9:9\"]}}"},
                                 {"/srv/app/.env", "A=1"},
                                 {"/srv/app/sub/.env", "A=5\nB=2"},
                                 {"/srv/app/sub/one.yaml", "services: {a: {ports: [\"$A:1\", \"$B:2\"]}}"}})),
              ElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2", "z 9/tcp -> 9"));
}
TEST(ComposeInclude, TheLongForm) {
  EXPECT_THAT(lines_of(discover({{yaml, R"(
include:
  - path: [sub/one.yaml, sub/two.yaml]
    project_directory: other
    env_file: [x.env, y.env]
)"},
                                 {"/srv/app/x.env", "A=1\nB=1"},
                                 {"/srv/app/y.env", "B=2"},
                                 {"/srv/app/sub/one.yaml", "services: {a: {ports: [\"$A:1\"]}}"},
                                 {"/srv/app/sub/two.yaml",
                                  "services: {a: {ports: [\"$B:2\"], extends: {file: three.yaml, service: c}}}"},
                                 {"/srv/app/other/three.yaml", service("c", "3:3")}})),
              UnorderedElementsAre("a 1/tcp -> 1", "a 2/tcp -> 2", "a 3/tcp -> 3"));
}
TEST(ComposeInclude, ACircleHasAnEnd) {
  const auto discovery = discover({{yaml, "include: [x.yaml]\n" + service("a", "1:1")},
                                   {"/srv/app/x.yaml", "include: [compose.yaml]\n" + service("b", "2:2")}});
  EXPECT_THAT(lines_of(discovery), ElementsAre("b 2/tcp -> 2", "a 1/tcp -> 1"));
  EXPECT_THAT(problems_of(discovery), ElementsAre("/srv/app/x.yaml:1: includes itself"));
}

TEST(HostileCompose, IncludesThatMultiply) {
  Files files{{yaml, "include: [0.yaml]"}};
  for (int level = 0; level < 40; ++level) {
    const auto next = std::to_string(level + 1) + ".yaml";
    files["/srv/app/" + std::to_string(level) + ".yaml"] = "include: [" + next + ", ./" + next + ", " + next + "]";
  }
  const auto problems = discover(files).problems;
  ASSERT_FALSE(problems.empty());
  EXPECT_LT(problems.size(), 1000U);
}
TEST(HostileCompose, PortsThatMultiply) {
  std::string text = "x: &ports [\"1:1\"";
  for (int port = 2; port < 1000; ++port) text += ", \"" + std::to_string(port) + ":1\"";
  text += "]\nservices:\n";
  for (int service = 0; service < 1000; ++service) text += "  s" + std::to_string(service) + ": {ports: *ports}\n";
  for (int service = 0; service < 1000; ++service) text += "  t" + std::to_string(service) + ": {extends: s0}\n";
  const auto discovery = discover({{yaml, text}});
  EXPECT_LE(discovery.found.size(), most_compose_ports + 1000);
  EXPECT_THAT(problems_of(discovery), testing::Contains(testing::HasSubstr("publishes too many ports")));
}
TEST(HostileCompose, AChainOfExtends) {
  std::string text = "services:\n";
  for (int service = 0; service < 5000; ++service)
    text += "  s" + std::to_string(service) + ": {extends: s" + std::to_string(service + 1) + "}\n";
  EXPECT_FALSE(discover({{yaml, text}}).problems.empty());
}
TEST(HostileCompose, FaultsWithoutEnd) {
  std::string text = "services:\n";
  for (int line = 0; line < 5000; ++line) text += "  web:\n";
  const auto problems = discover({{yaml, text}}).problems;
  EXPECT_EQ(problems.size(), Findings::most_problems + 1);
  EXPECT_THAT(problems.back().message, testing::HasSubstr("the rest is left out"));
}
TEST(HostileCompose, AFileThatNobodyWrote) {
  EXPECT_THAT(problems_of(discover({{yaml, std::string(largest_compose_file + 1, '#')}})),
              ElementsAre(yaml + ":0: has more than 1 MiB"));
}

}  // namespace
}  // namespace berth::discover
