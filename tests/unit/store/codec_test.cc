#include "store/codec.h"

#include <gmock/gmock.h>

#include <string>

#include "store/strict_form.h"

namespace berth::store {
namespace {

Registry sample() {
  Registry registry;
  registry.revision = 42;
  Allocation jitsi{.service = "jitsi/media"};
  jitsi.endpoint = {{}, Protocol::udp, {10000, 10100}};
  jitsi.kind = Kind::fixed;
  jitsi.preferred = 10000;
  jitsi.since = "2026-11-22T18:00:00Z";
  Allocation keycloak{.service = "keycloak"};
  keycloak.endpoint.ports = {8081, 8081};
  keycloak.preferred = 8080;
  keycloak.since = "2026-11-22T18:00:00Z";
  keycloak.owner = {Owner::Kind::container, "keycloak"};
  registry.put(jitsi);
  registry.put(keycloak);
  return registry;
}

constexpr std::string_view sample_text = R"({
  "schema": 1,
  "revision": 42,
  "allocations": {
    "jitsi/media": {"port": 10000, "last": 10100, "protocol": "udp", "kind": "fixed", "preferred": 10000, "since": "2026-11-22T18:00:00Z"},
    "keycloak": {"port": 8081, "protocol": "tcp", "kind": "flexible", "preferred": 8080, "since": "2026-11-22T18:00:00Z", "owner": {"container": "keycloak"}}
  }
}
)";

// The allocation "web" of a registry in which it is written so.
Allocation read_web(const std::string& written) {
  return *parse_registry(R"({"schema":1,"revision":1,"allocations":{"web":)" + written + "}}", "test")
              .value()
              .find("web");
}

std::string written_line(const Allocation& allocation) {
  Registry registry;
  registry.put(allocation);
  const auto text = format_registry(registry);
  const auto begin = text.find("    \"") + 4;
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST(FormatRegistry, WritesTheDocumentedForm) { EXPECT_EQ(format_registry(sample()), sample_text); }

TEST(FormatRegistry, WritesAnEmptyRegistry) {
  EXPECT_EQ(format_registry({}), "{\n  \"schema\": 1,\n  \"revision\": 0,\n  \"allocations\": {}\n}\n");
}

TEST(FormatRegistry, WritesWhatIsNotTheRule) {
  Allocation allocation{.service = "dns"};
  allocation.endpoint = {Address::parse("127.0.0.53").value(), Protocol::tcp_udp, {53, 53}};
  allocation.contest = Contest{{Owner::Kind::unit, "nginx.service"}, 812, 12345};
  allocation.unknown = {{"note", "[1,2]"}};
  EXPECT_EQ(written_line(allocation),
            R"("dns": {"address": "127.0.0.53", "port": 53, "protocol": "tcp+udp", "kind": "flexible", )"
            R"("contested_by": {"pid": 812, "started": 12345, "unit": "nginx.service"}, "note": [1,2]})");
}

TEST(FormatRegistry, EscapesNames) {
  Allocation allocation{.service = "x\"y\\\n\x01"};
  EXPECT_TRUE(written_line(allocation).starts_with(R"("x\"y\\\n\u0001": {)"));
}

TEST(FormatRegistry, IsValidEvenIfANameIsNotUtf8) {
  Allocation allocation{.service = "web"};
  allocation.owner = {Owner::Kind::exe, "/opt/caf\xe9"};
  Registry registry;
  registry.put(allocation);
  const auto read = parse_registry(format_registry(registry), "test");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->find("web")->owner.name, "/opt/caf\xef\xbf\xbd");
}

TEST(FormatRegistry, KeepsUnknownFieldsOfTheFileBeforeTheAllocations) {
  Registry registry;
  registry.unknown = {{"site", R"({"rack":7})"}};
  EXPECT_EQ(format_registry(registry),
            "{\n  \"schema\": 1,\n  \"revision\": 0,\n  \"site\": {\"rack\":7},\n  \"allocations\": {}\n}\n");
}

TEST(ParseRegistry, ReadsTheDocumentedForm) {
  EXPECT_EQ(parse_registry(sample_text, "test").value(), sample());
  EXPECT_EQ(parse_strict_form(sample_text).value(), sample());
}

TEST(ParseRegistry, ReadsAnEmptyRegistry) {
  EXPECT_EQ(parse_registry(R"({"schema":1,"revision":7,"allocations":{}})", "test").value().revision, 7U);
}

TEST(ParseRegistry, MissingProtocolAndKindAreTcpAndFlexible) {
  const auto web = read_web(R"({"port": 8080})");
  EXPECT_EQ(web.endpoint, (Endpoint{{}, Protocol::tcp, {8080, 8080}}));
  EXPECT_EQ(web.kind, Kind::flexible);
  EXPECT_EQ(web.preferred, std::nullopt);
}

TEST(ParseRegistry, AnExplicitWildcardIsTheDefault) {
  EXPECT_EQ(read_web(R"({"address": "*", "port": 8080})"), read_web(R"({"port": 8080})"));
}

TEST(ParseRegistry, ARangeOfOnePortIsAPort) {
  EXPECT_EQ(read_web(R"({"port": 8080, "last": 8080})"), read_web(R"({"port": 8080})"));
}

TEST(ParseRegistry, ReadsEveryAddress) {
  for (const auto* const text : {"0.0.0.0", "127.0.0.1", "::", "::1", "fe80::1"}) {
    EXPECT_EQ(read_web(R"({"port": 1, "address": ")" + std::string(text) + "\"}").endpoint.address,
              Address::parse(text))
        << text;
  }
}

TEST(ParseRegistry, ReadsTheEndsOfTheRange) {
  EXPECT_EQ(read_web(R"({"port": 1, "last": 65535})").endpoint.ports, (PortRange{1, 65535}));
}

TEST(ParseRegistry, UnknownValuesStayAsTheyAreWritten) {
  const auto web = read_web(R"({"note": { "a" : [ 1.50 , 1E300 ] }, "port": 1})");
  EXPECT_THAT(web.unknown, testing::ElementsAre(Field{"note", R"({"a":[1.50,1E300]})"}));
}

TEST(ParseRegistry, TakesEscapesForTheCharactersTheyStandFor) {
  const auto registry =
      parse_registry(R"({"schema":1,"revision":1,"allocations":{"\u0077eb":{"p\u006frt":80}}})", "test").value();
  ASSERT_NE(registry.find("web"), nullptr);
  EXPECT_EQ(registry.find("web")->endpoint.ports.first, 80);
}

TEST(ParseRegistry, NamesThatNoNewServiceMayHaveAreRead) {
  const auto registry =
      parse_registry(
          R"({"schema":1,"revision":1,"allocations":{"":{"port":1},"-n":{"port":2},"a b\u0000":{"port":3}}})", "test")
          .value();
  EXPECT_NE(registry.find(""), nullptr);
  EXPECT_NE(registry.find("-n"), nullptr);
  EXPECT_NE(registry.find(std::string("a b\0", 4)), nullptr);
}

TEST(ParseRegistry, OverlapsAreRead) {
  const auto registry =
      parse_registry(R"({"schema":1,"revision":1,"allocations":{"a":{"port":80},"b":{"port":80}}})", "test").value();
  EXPECT_EQ(registry.overlapping(registry.find("a")->endpoint).size(), 2U);
}

TEST(ParseRegistry, DeepNestingInAnUnknownFieldIsKept) {
  constexpr int depth = 100'000;
  const auto nested = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_EQ(read_web(R"({"port": 1, "note": )" + nested + "}").unknown.at(0).json, nested);
}

TEST(ParseRegistry, AFileWithoutItsFinalNewlineIsWhole) {
  EXPECT_EQ(parse_registry(sample_text.substr(0, sample_text.size() - 1), "test").value(), sample());
}

}  // namespace
}  // namespace berth::store
