#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "store/codec.h"

namespace berth::store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Registry read(std::string_view text) { return parse_registry(text, "test").value(); }

Allocation old_allocation(std::string service, Port port) {
  Allocation allocation{.service = std::move(service)};
  allocation.endpoint.ports = {port, port};
  return allocation;
}

TEST(FlatForm, IsRead) {
  const auto registry = read(R"({"keycloak":8080,"gitea":3000})");
  EXPECT_EQ(registry.revision, 0U);
  EXPECT_EQ(registry.allocations().size(), 2U);
  EXPECT_EQ(*registry.find("keycloak"), old_allocation("keycloak", 8080));
  EXPECT_EQ(*registry.find("gitea"), old_allocation("gitea", 3000));
}

TEST(FlatForm, PortsMayBeStrings) { EXPECT_EQ(read(R"({"web":"8080"})").find("web")->endpoint.ports.first, 8080); }

TEST(FlatForm, MayBeEmpty) { EXPECT_EQ(read("{}"), Registry{}); }

TEST(FlatForm, IsWrittenInTheCurrentForm) {
  EXPECT_EQ(format_registry(read(R"({"web":8080})")),
            "{\n  \"schema\": 1,\n  \"revision\": 0,\n  \"allocations\": {\n"
            "    \"web\": {\"port\": 8080, \"protocol\": \"tcp\", \"kind\": \"flexible\"}\n  }\n}\n");
}

TEST(FlatForm, ServicesMayBeCalledLikeTheFieldsOfTheCurrentForm) {
  const auto registry = read(R"({"schema":8080,"revision":8081,"allocations":8082,"ports_in_use":8083})");
  EXPECT_EQ(registry.revision, 0U);
  EXPECT_EQ(*registry.find("schema"), old_allocation("schema", 8080));
  EXPECT_EQ(*registry.find("revision"), old_allocation("revision", 8081));
  EXPECT_EQ(*registry.find("allocations"), old_allocation("allocations", 8082));
  EXPECT_EQ(*registry.find("ports_in_use"), old_allocation("ports_in_use", 8083));
}

TEST(FlatForm, WhatOldProgramsStoredWithoutLookingIsNamed) {
  for (const auto* const written : {"0", "65536", "70000", "\"abc\"", "\"\"", "-1", "80.5", "8e3", "\"08080\"", "true",
                                    "null", "[8080]", "{\"port\":8080}"}) {
    const auto result = parse_registry("{\"keycloak\":8080,\"web\":" + std::string(written) + "}", "test");
    ASSERT_FALSE(result) << written;
    EXPECT_EQ(result.error().code, ErrorCode::unreadable);
    EXPECT_THAT(result.error().message, AllOf(HasSubstr("'web'"), HasSubstr("line 1, column 24"))) << written;
    EXPECT_THAT(result.error().hint, HasSubstr("1 to 65535")) << written;
  }
}

TEST(PortsInUseForm, IsRead) {
  const auto registry = read(R"({"ports_in_use":{"8080":{"service":"keycloak"},"3000":{"service":"gitea"}}})");
  EXPECT_EQ(registry.allocations().size(), 2U);
  EXPECT_EQ(*registry.find("keycloak"), old_allocation("keycloak", 8080));
  EXPECT_EQ(*registry.find("gitea"), old_allocation("gitea", 3000));
}

TEST(PortsInUseForm, MayBeEmpty) { EXPECT_EQ(read(R"({"ports_in_use":{}})"), Registry{}); }

TEST(PortsInUseForm, FurtherPortsOfAServiceAreNamedAfterTheirNumber) {
  const auto registry = read(
      R"({"ports_in_use":{"9000":{"service":"keycloak"},"8081":{"service":"keycloak"},"8080":{"service":"keycloak"}}})");
  EXPECT_EQ(registry.allocations().size(), 3U);
  EXPECT_EQ(registry.find("keycloak")->endpoint.ports.first, 8080);
  EXPECT_EQ(registry.find("keycloak/8081")->endpoint.ports.first, 8081);
  EXPECT_EQ(registry.find("keycloak/9000")->endpoint.ports.first, 9000);
}

TEST(PortsInUseForm, NoPortIsLostToANameThatIsTaken) {
  const auto registry = read(
      R"({"ports_in_use":{"80":{"service":"a/81"},"81":{"service":"a"},"8000":{"service":"a"},"79":{"service":"a"}}})");
  EXPECT_EQ(registry.allocations().size(), 4U);
}

TEST(PortsInUseForm, OtherFieldsAreKept) {
  const auto registry =
      read(R"({"updated": "today", "ports_in_use":{"8080":{"service":"web","pid": 12.0,"tags":[ 1 ]}}})");
  EXPECT_THAT(registry.unknown, ElementsAre(Field{"updated", "\"today\""}));
  EXPECT_THAT(registry.find("web")->unknown, ElementsAre(Field{"pid", "12.0"}, Field{"tags", "[1]"}));
}

TEST(PortsInUseForm, FieldsThatMeanSomethingElseNowAreRenamed) {
  const auto registry =
      read(R"({"revision":"r7","ports_in_use":{"8080":{"service":"web","kind":"x","old_kind":1,"since":2}}})");
  EXPECT_THAT(registry.unknown, ElementsAre(Field{"old_revision", "\"r7\""}));
  EXPECT_THAT(registry.find("web")->unknown,
              ElementsAre(Field{"old_kind", "\"x\""}, Field{"old_old_kind", "1"}, Field{"old_since", "2"}));
  EXPECT_EQ(read(format_registry(registry)), registry);
}

TEST(PortsInUseForm, ATimeIsTheTimeSinceWhen) {
  const auto registry = read(R"({"ports_in_use":{"80":{"service":"a","since":"2025-01-31T23:59:59Z"},
    "81":{"service":"b","since":"2025-01-31"},"82":{"service":"c","since":"yesterday, 20 or 30"}}})");
  EXPECT_EQ(registry.find("a")->since, "2025-01-31T23:59:59Z");
  EXPECT_THAT(registry.find("a")->unknown, testing::IsEmpty());
  for (const auto* name : {"b", "c"}) EXPECT_EQ(registry.find(name)->since, "") << name;
  EXPECT_THAT(registry.find("b")->unknown, ElementsAre(Field{"old_since", "\"2025-01-31\""}));
}

TEST(PortsInUseForm, BadEntriesAreNamed) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {R"({"ports_in_use":{"70000":{"service":"web"}}})", "'web'"},
      {R"({"ports_in_use":{"abc":{"service":"web"}}})", "'abc'"},
      {R"({"ports_in_use":{"0":{"service":"web"}}})", "'web'"},
      {R"({"ports_in_use":{"8080":{}}})", "'8080'"},
      {R"({"ports_in_use":{"8080":{"service":7}}})", "'8080'"},
      {R"({"ports_in_use":{"8080":"web"}})", "'8080'"},
  };
  for (const auto& [text, name] : table) {
    const auto result = parse_registry(text, "test");
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::unreadable);
    EXPECT_THAT(result.error().message, HasSubstr(name)) << text;
  }
}

TEST(CurrentForm, IsToldFromTheFlatOne) {
  // Each of these is a damaged or newer registry, not one with services of these names.
  for (const auto* const text : {R"({"schema":1})", R"({"schema":1,"revision":3})", R"({"schema":2,"entries":[]})",
                                 R"({"revision":5,"allocations":{}})", R"({"allocations":{"web":{"port":8080}}})"}) {
    EXPECT_FALSE(parse_registry(text, "test")) << text;
  }
}

}  // namespace
}  // namespace berth::store
