// Everything that must not be taken for a registry, and what is said about it.
#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "store/codec.h"

namespace berth::store {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Case {
  std::string name;
  std::string text;
  std::string says;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

std::string with_allocation(const std::string& written) {
  return R"({"schema":1,"revision":1,"allocations":{"web":)" + written + "}}";
}

std::string with_field(const std::string& field) { return with_allocation(R"({"port":80,)" + field + "}"); }

class BrokenRegistry : public testing::TestWithParam<Case> {};

TEST_P(BrokenRegistry, IsUnreadableAndSaysWhy) {
  const auto result = parse_registry(GetParam().text, "/opt/registry.json");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unreadable);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("'/opt/registry.json'"), HasSubstr("line "),
                                            HasSubstr(GetParam().says), Not(HasSubstr("\n"))));
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Text, BrokenRegistry,
    testing::Values(Case{"Empty", "", "empty"}, Case{"Blank", " \n\t", "empty"},
                    Case{"Nul", std::string(64, '\0'), "NUL"},
                    Case{"NulAtTheEnd", "{\"schema\":1,\"revision\":1,\"allocations\":{}}\n\0"s, "NUL"},
                    Case{"Torn", "{\"schema\": 1,\n  \"revi", "line 2, column 8: it ends too early"},
                    Case{"Brace", "{", "ends too early"}, Case{"Garbage", "garbage", "line 1, column 1"},
                    Case{"OldAndBroken", ",\"x\":7000}", "line 1, column 1"},
                    Case{"TrailingText", R"({"schema":1,"revision":1,"allocations":{}} x)", "line 1, column 44"},
                    Case{"TrailingObject", R"({"web":8080}{})", "line 1, column 13"},
                    Case{"TrailingComma", R"({"web":8080,})", "line 1, column 13"},
                    Case{"Comment", "{\"web\":8080} // mine", "line 1, column 14"},
                    Case{"SingleQuotes", "{'web':8080}", "line 1, column 2"},
                    Case{"ByteOrderMark", "\xef\xbb\xbf{\"web\":8080}", "byte order mark"},
                    Case{"NotUtf8", "{\"w\xff\":8080}", "encoding"},
                    Case{"LoneSurrogate", R"({"w\ud800":8080})", "surrogate"},
                    Case{"LoneSecondSurrogate", R"({"w\ude00":8080,"w\ude01":8081})", "surrogate"},
                    Case{"ControlCharacter", "{\"w\n\":8080}", "line 1"}, Case{"Array", "[]", "must be an object"},
                    Case{"Number", "7", "must be an object"}, Case{"Null", "null", "must be an object"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Duplicates, BrokenRegistry,
    testing::Values(Case{"Service", R"({"schema":1,"revision":1,"allocations":{"web":{"port":1},"web":{"port":2}}})",
                         "column 64: the name 'web' is there twice"},
                    Case{"ServiceWrittenWithAnEscape", R"({"web":8080,"\u0077eb":8081})", "'web' is there twice"},
                    Case{"FlatService", R"({"web":8080,"web":8081})", "'web' is there twice"},
                    Case{"Schema", R"({"schema":1,"schema":1,"revision":1,"allocations":{}})", "'schema'"},
                    Case{"Allocations", R"({"schema":1,"allocations":{},"revision":1,"allocations":{}})",
                         "'allocations'"},
                    Case{"Field", with_allocation(R"({"port":80,"port":81})"), "'port'"},
                    Case{"Owner", with_field(R"("owner":{"unit":"a","unit":"b"})"), "'unit'"},
                    Case{"InsideAnUnknownValue", with_field(R"("note":[{"a":1,"b":{},"a":2}])"), "'a' is there twice"},
                    Case{"UnknownAtTheTop", R"({"x":{},"schema":1,"x":[],"revision":1,"allocations":{}})", "'x'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Head, BrokenRegistry,
    testing::Values(
        Case{"NewerSchema", R"({"schema":2,"revision":1,"allocations":{}})", "a newer berth wrote it (schema 2)"},
        Case{"NewerSchemaOfAnotherShape", R"({"schema":3,"entries":[]})", "a newer berth wrote it (schema 3)"},
        Case{"SchemaZero", R"({"schema":0,"revision":1,"allocations":{}})", "\"schema\" must be 1"},
        Case{"SchemaText", R"({"schema":"1","revision":1,"allocations":{}})", "\"schema\" must be 1"},
        Case{"SchemaFraction", R"({"schema":1.0,"revision":1,"allocations":{}})", "\"schema\" must be 1, not '1.0'"},
        Case{"NoSchema", R"({"revision":1,"allocations":{}})", "no \"schema\""},
        Case{"NoRevision", R"({"schema":1,"allocations":{}})", "no \"revision\""},
        Case{"NoAllocations", R"({"schema":1,"revision":1})", "no \"allocations\""},
        Case{"RevisionText", R"({"schema":1,"revision":"1","allocations":{}})", "'revision' must be a number"},
        Case{"RevisionNegative", R"({"schema":1,"revision":-1,"allocations":{}})", "'revision' must be a number"},
        Case{"RevisionFraction", R"({"schema":1,"revision":1.5,"allocations":{}})", "not '1.5'"},
        Case{"RevisionTooLarge", R"({"schema":1,"revision":9007199254740992,"allocations":{}})", "'revision'"},
        Case{"AllocationsArray", R"({"schema":1,"revision":1,"allocations":[]})", "\"allocations\" must be an object"},
        Case{"AllocationsNull", R"({"schema":1,"revision":1,"allocations":null})", "\"allocations\" must be"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Allocation, BrokenRegistry,
    testing::Values(
        Case{"Number", with_allocation("8080"), "allocation 'web': it must be an object, not '8080'"},
        Case{"Null", with_allocation("null"), "allocation 'web': it must be an object"},
        Case{"Empty", with_allocation("{}"), "allocation 'web': it has no \"port\""},
        Case{"PortZero", with_allocation(R"({"port":0})"), "'port' must be a port"},
        Case{"PortTooLarge", with_allocation(R"({"port":65536})"), "not '65536'"},
        Case{"PortNegative", with_allocation(R"({"port":-80})"), "not '-80'"},
        Case{"PortText", with_allocation(R"({"port":"80"})"), "not '\"80\"'"},
        Case{"PortFraction", with_allocation(R"({"port":80.0})"), "not '80.0'"},
        Case{"PortExponent", with_allocation(R"({"port":8e3})"), "not '8e3'"},
        Case{"PortNull", with_allocation(R"({"port":null})"), "not 'null'"},
        Case{"LastBelowPort", with_field(R"("last":79)"), "\"last\" (79) is below \"port\" (80)"},
        Case{"LastTooLarge", with_field(R"("last":70000)"), "'last' must be a port"},
        Case{"Protocol", with_field(R"("protocol":"sctp")"), "'protocol' must be \"tcp\", \"udp\" or \"tcp+udp\""},
        Case{"ProtocolNumber", with_field(R"("protocol":6)"), "not '6'"},
        Case{"Kind", with_field(R"("kind":"dynamic")"), "'kind' must be \"fixed\" or \"flexible\""},
        Case{"Address", with_field(R"("address":"localhost")"), "'address' must be an IPv4 or IPv6 address"},
        Case{"AddressEmpty", with_field(R"("address":"")"), "'address'"},
        Case{"AddressNumber", with_field(R"("address":1)"), "'address'"},
        Case{"PreferredZero", with_field(R"("preferred":0)"), "'preferred' must be a port"},
        Case{"PreferredNull", with_field(R"("preferred":null)"), "'preferred' must be a port"},
        Case{"SinceNumber", with_field(R"("since":2026)"), "'since' must be a string"},
        Case{"OwnerText", with_field(R"("owner":"me")"), "'owner' must be an object"},
        Case{"OwnerNobody", with_field(R"("owner":{})"), "names the owner"},
        Case{"OwnerUnknown", with_field(R"("owner":{"pod":"x"})"), "'pod'"},
        Case{"OwnerNumber", with_field(R"("owner":{"unit":1})"), "'unit'"},
        Case{"OwnersTwo", with_field(R"("owner":{"unit":"a","exe":"b"})"), "one owner"},
        Case{"ContestText", with_field(R"("contested_by":"x")"), "'contested_by' must be an object"},
        Case{"ContestPid", with_field(R"("contested_by":{"pid":4294967296})"), "'pid' must be a number"},
        Case{"ContestStarted", with_field(R"("contested_by":{"started":-1})"), "'started' must be a number"},
        Case{"ContestUnknown", with_field(R"("contested_by":{"pid":1,"what":"x"})"), "'what'"}),
    name_of);

TEST(BrokenRegistryHint, ANewerSchemaIsNoReasonToGoBack) {
  EXPECT_THAT(parse_registry(R"({"schema":2})", "test").error().hint, HasSubstr("update berth"));
}

TEST(BrokenRegistryMessage, ForeignTextIsHarmless) {
  const auto message = parse_registry("{\"\\u001b[2J\":0}", "a\x1b[2J").error().message;
  EXPECT_THAT(message, AllOf(Not(HasSubstr("\x1b")), HasSubstr("a\\x1b[2J")));
}

}  // namespace
}  // namespace berth::store
