#include "core/spec.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "unit/core/written.h"

namespace berth {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

// Every error of a person's input names what was wrong with it.
void expect_refused(std::string_view text, const Error& error) {
  EXPECT_EQ(error.code, ErrorCode::usage) << quote(text);
  EXPECT_THAT(error.message, HasSubstr(quote(text)));
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

TEST(ParsePorts, ReadsNumbersAndRanges) {
  EXPECT_EQ(parse_ports("1").value(), (PortRange{1, 1}));
  EXPECT_EQ(parse_ports("65535").value(), (PortRange{65535, 65535}));
  EXPECT_EQ(parse_ports("8080-8090").value(), (PortRange{8080, 8090}));
  EXPECT_EQ(parse_ports("8080-8080").value(), (PortRange{8080, 8080}));
  EXPECT_EQ(parse_ports("1-65535").value(), (PortRange{1, 65535}));
}

TEST(ParsePorts, RefusesEverythingElse) {
  for (const auto text : {""sv,           "0"sv,       "65536"sv,      "70000"sv,      "99999999999999999999"sv,
                          "4294975376"sv, "abc"sv,     "8080abc"sv,    " 8080"sv,      "8080 "sv,
                          "8080\n"sv,     "\t8080"sv,  "+80"sv,        "-80"sv,        "080"sv,
                          "00080"sv,      "0x50"sv,    "8e3"sv,        "80.0"sv,       "80,81"sv,
                          "8080-"sv,      "-"sv,       "--"sv,         "8080--8090"sv, "80-90-1"sv,
                          "0-10"sv,       "1-65536"sv, "8080-08090"sv, "8080-8070"sv,  "8080 - 81"sv,
                          "8080:8090"sv,  "80\0"sv,    "٨٠"sv,         "８０"sv,       "*"sv}) {
    const auto parsed = parse_ports(text);
    ASSERT_FALSE(parsed.has_value()) << quote(text);
    expect_refused(text, parsed.error());
  }
}

TEST(ParsePorts, SaysHowABackwardRangeMayHaveBeenMeant) {
  EXPECT_THAT(parse_ports("8080-8070").error().hint, HasSubstr("8070-8080"));
}

RC_GTEST_PROP(ParsePortsProperty, AcceptsTheDecimalNumbersOf1To65535Alone, (std::uint32_t number)) {
  const auto text = std::to_string(number);
  const auto parsed = parse_ports(text);
  RC_ASSERT(parsed.has_value() == (number >= 1 && number <= 65535));
  if (parsed) RC_ASSERT(parsed->first == number && parsed->last == number);
}

TEST(ParseEndpoint, ReadsWhatDockersUsersKnow) {
  const auto loopback = Address::parse("127.0.0.1").value();
  const auto loopback6 = Address::parse("::1").value();
  EXPECT_EQ(parse_endpoint("8080").value(), (Endpoint{{}, Protocol::tcp, {8080, 8080}}));
  EXPECT_EQ(parse_endpoint("53/tcp+udp").value(), (Endpoint{{}, Protocol::tcp_udp, {53, 53}}));
  EXPECT_EQ(parse_endpoint("127.0.0.1:5432").value(), (Endpoint{loopback, Protocol::tcp, {5432, 5432}}));
  EXPECT_EQ(parse_endpoint("[::1]:8080").value(), (Endpoint{loopback6, Protocol::tcp, {8080, 8080}}));
  EXPECT_EQ(parse_endpoint("10000-10100/udp").value(), (Endpoint{{}, Protocol::udp, {10000, 10100}}));
  EXPECT_EQ(parse_endpoint("*:80/tcp").value(), (Endpoint{{}, Protocol::tcp, {80, 80}}));
  EXPECT_EQ(parse_endpoint("[::1]:1-65535/tcp+udp").value(), (Endpoint{loopback6, Protocol::tcp_udp, {1, 65535}}));
}

TEST(ParseEndpoint, AMappedAddressIsTheIpv4One) {
  EXPECT_EQ(parse_endpoint("[::ffff:127.0.0.1]:80").value(), parse_endpoint("127.0.0.1:80").value());
}

TEST(ParseEndpoint, RefusesEverythingElse) {
  for (const auto spec : {""sv,
                          "/"sv,
                          ":"sv,
                          "/tcp"sv,
                          "8080/"sv,
                          ":8080"sv,
                          "::8080"sv,
                          "53/TCP"sv,
                          "53/tcp "sv,
                          "53/sctp"sv,
                          "53/udp+tcp"sv,
                          "1/tcp/udp"sv,
                          "::1:80"sv,
                          "[::1]80"sv,
                          "[::1]"sv,
                          "[::1]:"sv,
                          "[::1:80"sv,
                          "::1]:80"sv,
                          "[[::1]]:80"sv,
                          "[127.0.0.1]:80"sv,
                          "[*]:80"sv,
                          "[]:80"sv,
                          "[::1%lo]:80"sv,
                          "127.0.0.1"sv,
                          "127.0.0.1:"sv,
                          "127.0.0.1:0"sv,
                          "127.0.0.1 :80"sv,
                          " 127.0.0.1:80"sv,
                          "127.0.0.1::80"sv,
                          "127.0.0.256:80"sv,
                          "127.1:80"sv,
                          "127.0.0.1:80:80"sv,
                          "localhost:80"sv,
                          "http://x:80"sv,
                          "8080-8070/udp"sv,
                          "0/udp"sv,
                          "tcp/80"sv,
                          "80/tcp\n"sv,
                          "80\xff"sv,
                          "80;rm -rf /"sv}) {
    const auto parsed = parse_endpoint(spec);
    ASSERT_FALSE(parsed.has_value()) << quote(spec);
    EXPECT_EQ(parsed.error().code, ErrorCode::usage) << quote(spec);
    EXPECT_THAT(parsed.error().message, HasSubstr("'")) << quote(spec);
    EXPECT_EQ(parsed.error().message.find('\n'), std::string::npos) << quote(spec);
  }
}

TEST(ParseEndpoint, SaysHowAnIpv6AddressIsWritten) {
  EXPECT_THAT(parse_endpoint("::1:80").error().hint, HasSubstr("[::1]:8080"));
}

RC_GTEST_PROP(ParseEndpointProperty, EverySpecReadsBackAsItself, (const std::array<std::uint8_t, 16>& bytes)) {
  const auto first = *rc::gen::inRange<unsigned>(1, 65536);
  const auto last = *rc::gen::inRange<unsigned>(first, 65536);
  const auto protocol = *rc::gen::element(Protocol::tcp, Protocol::udp, Protocol::tcp_udp);
  const auto address = *rc::gen::element(Address{}, Address::ipv6(bytes), Address::ipv6({}),
                                         Address::ipv4({bytes[0], bytes[1], bytes[2], bytes[3]}));
  const Endpoint endpoint{address, protocol, {static_cast<Port>(first), static_cast<Port>(last)}};
  RC_ASSERT(parse_endpoint(to_spec(endpoint)).value() == endpoint);
  RC_ASSERT(parse_endpoint(to_string(endpoint)).value() == endpoint);
}

RC_GTEST_PROP(ParseEndpointProperty, ReadsNoTextAsSomethingElseThanItSays, (const std::string& text)) {
  if (const auto parsed = parse_endpoint(text)) RC_ASSERT(parse_endpoint(to_spec(*parsed)).value() == *parsed);
}

TEST(ParseKind, KnowsTwoWords) {
  EXPECT_EQ(parse_kind("fixed").value(), Kind::fixed);
  EXPECT_EQ(parse_kind("flexible").value(), Kind::flexible);
  for (const auto text : {""sv, "Fixed"sv, "FLEXIBLE"sv, "fix"sv, "flexible "sv, "dynamic"sv, "fixed,flexible"sv}) {
    const auto parsed = parse_kind(text);
    ASSERT_FALSE(parsed.has_value()) << quote(text);
    expect_refused(text, parsed.error());
  }
}

TEST(ParseKind, GuessesWhatWasMeant) {
  EXPECT_THAT(parse_kind("flexibel").error().hint, HasSubstr("flexible"));
  EXPECT_THAT(parse_kind("fixd").error().hint, HasSubstr("fixed"));
  EXPECT_EQ(parse_kind("random").error().hint, "");
}

TEST(ServiceName, IsAWordOrTwo) {
  const std::string longest(63, 'x');
  for (const std::string_view name :
       {"web"sv, "w.b"sv, "a"sv, "7"sv, "a/b"sv, "keycloak/admin"sv, "Next-Cloud_2.0"sv, "a."sv, "a-"sv, "a_"sv}) {
    EXPECT_TRUE(check_service_name(name).has_value()) << name;
  }
  EXPECT_TRUE(check_service_name(longest).has_value());
  EXPECT_TRUE(check_service_name(longest + "/" + longest).has_value());
}

TEST(ServiceName, IsNothingElse) {
  const std::string too_long(64, 'x');
  for (const std::string_view name :
       {"-n"sv,   "."sv,     ".."sv,   "_a"sv,   ".a"sv,       "a/"sv,   "/a"sv,     "/"sv,
        "a//b"sv, "a/b/c"sv, "a/-b"sv, "../a"sv, "x\"y"sv,     "x'y"sv,  "x y"sv,    " web"sv,
        "web "sv, "web\n"sv, "\n"sv,   "a\0b"sv, "keycloäk"sv, "日本"sv, "a:b"sv,    "a,b"sv,
        "a\\b"sv, "$x"sv,    "a#b"sv,  "a=b"sv,  "a*b"sv,      "\xff"sv, "\x1b[2J"sv}) {
    const auto checked = check_service_name(name);
    ASSERT_FALSE(checked.has_value()) << quote(name);
    expect_refused(name, checked.error());
  }
  EXPECT_FALSE(check_service_name(too_long).has_value());
  EXPECT_FALSE(check_service_name("a/" + too_long).has_value());
}

TEST(ServiceName, MustBeThere) {
  const auto checked = check_service_name("");
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, ErrorCode::usage);
  EXPECT_THAT(checked.error().message, HasSubstr("empty"));
}

TEST(Nearest, FindsASlipOfTheFinger) {
  const std::vector<std::string_view> names{"keycloak", "gitea", "grafana", "next"};
  EXPECT_EQ(nearest("keycloack", names), "keycloak");
  EXPECT_EQ(nearest("Gitea", names), "gitea");
  EXPECT_EQ(nearest("getia", names), "gitea");
  EXPECT_EQ(nearest("nxt", names), "next");
  EXPECT_EQ(nearest("gitea", names), "gitea");
}

TEST(Nearest, DoesNotGuessWildly) {
  const std::vector<std::string_view> names{"keycloak", "gitea", "ab"};
  for (const auto text : {"web"sv, "x"sv, ""sv, "postgres"sv, "keykeykey"sv}) {
    EXPECT_EQ(nearest(text, names), std::nullopt) << text;
  }
  EXPECT_EQ(nearest("gitea", {}), std::nullopt);
}

TEST(Nearest, PrefersTheNearerAndThenTheFirst) {
  EXPECT_EQ(nearest("webb", {"web1", "web2", "webb2", "webb"}), "webb");
  EXPECT_EQ(nearest("web", {"web1", "web2"}), "web1");
}

TEST(Nearest, DoesNotTakeLongTextsApart) {
  EXPECT_EQ(nearest(std::string(100'000, 'x'), {"x"}), std::nullopt);
  const std::string monster(100'000, 'x');
  EXPECT_EQ(nearest("web", {monster}), std::nullopt);
}

}  // namespace
}  // namespace berth
