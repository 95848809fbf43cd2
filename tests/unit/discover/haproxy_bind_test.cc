#include "discover/haproxy_bind.h"

#include <gmock/gmock.h>

#include "discover/haproxy_conditions.h"
#include "discover/haproxy_syntax.h"
#include "unit/discover/found.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> haproxy_addresses(std::string_view list, const HaproxyBinding& binding = {}) {
  std::vector<std::string> outcomes;
  for (const auto& [text, listener, is_malformed] : parse_haproxy_addresses(list, binding)) {
    const bool has_port = listener.kind == Listener::Kind::endpoint;
    auto outcome = has_port ? tests::in_words(Found{.source = "", .endpoint = listener.endpoint}) : listener.why;
    if (listener.kind == Listener::Kind::no_port) outcome = "none";
    outcomes.push_back(is_malformed ? "!" + outcome : outcome);
  }
  return outcomes;
}

struct AddressCase {
  const char* text;
  const char* expected;
};
class HaproxyAddresses : public testing::TestWithParam<AddressCase> {};
TEST_P(HaproxyAddresses, AreReadAsByHaproxy) {
  EXPECT_THAT(haproxy_addresses(GetParam().text), ElementsAre(testing::StartsWith(GetParam().expected)));
}
INSTANTIATE_TEST_SUITE_P(
    , HaproxyAddresses,
    testing::Values(AddressCase{":80", "0.0.0.0:80/tcp"}, AddressCase{"*:080", "0.0.0.0:80/tcp"},
                    AddressCase{"192.0.2.1:80", "192.0.2.1:80/tcp"}, AddressCase{":9000-9010", "0.0.0.0:9000-9010/tcp"},
                    AddressCase{":::80", "[::]:80/tcp"}, AddressCase{"[::]:80", "[::]:80/tcp"},
                    AddressCase{"::1:80", "[::1]:80/tcp"}, AddressCase{"ipv6@:80", "[::]:80/tcp"},
                    AddressCase{"ipv6@*:80", "[::]:80/tcp"}, AddressCase{"ipv4@:80", "0.0.0.0:80/tcp"},
                    AddressCase{"tcp6@:80", "[::]:80/tcp"}, AddressCase{"udp@:53", "0.0.0.0:53/udp"},
                    AddressCase{"quic4@:443", "0.0.0.0:443/udp"}, AddressCase{"quic6@:443", "[::]:443/udp"},
                    AddressCase{"quic6@[::1]:443", "[::1]:443/udp"}, AddressCase{"dgram+ipv4@:53", "0.0.0.0:53/udp"},
                    AddressCase{"unix@/run/x", "none"}, AddressCase{"unix@x:80", "none"}, AddressCase{"/run/x", "none"},
                    AddressCase{"abns@x", "none"}, AddressCase{"sockpair@3", "none"},
                    AddressCase{"fd@3", "the socket is handed over"},
                    AddressCase{"localhost:80", "the machine looks up the addresses of 'localhost'"},
                    AddressCase{"", "!an address is empty"}, AddressCase{"80", "!'80' has no port"},
                    AddressCase{"[::1]", "!'[::1]' has no port"}, AddressCase{":0", "!':0' has no port of 1"},
                    AddressCase{":99-98", "!':99-98' has no port of 1"},
                    AddressCase{":+80", "!':+80' has no port of 1"}, AddressCase{"::1", "!':' is no address"},
                    AddressCase{"ipv4@::1:80", "!'::1' is of the other family"},
                    AddressCase{"ipv6@127.0.0.1:80", "!'127.0.0.1' is of the other family"}));

TEST(HaproxyAddress, AListHasEachForItself) {
  EXPECT_THAT(haproxy_addresses(":80,x@y,/run/a,:::81,"),
              ElementsAre("0.0.0.0:80/tcp", "!'x@y' has no port", "none", "[::]:81/tcp"));
}
TEST(HaproxyAddress, TheLineSaysWhatTheRestIs) {
  EXPECT_THAT(haproxy_addresses(":514,:::515,[::1]:516,tcp@:517", {Protocol::udp, true}),
              ElementsAre("0.0.0.0:514/udp", "[::]:515/udp v6only", "[::1]:516/udp", "0.0.0.0:517/tcp"));
}

std::vector<std::string> words_of(std::string_view line) {
  auto words = haproxy_words(line, {{"A", "1"}, {"L", "1 2"}, {"U", std::nullopt}});
  return words ? std::move(*words) : std::vector<std::string>{"!" + words.error()};
}

TEST(HaproxyWords, AreApartByBlanks) {
  EXPECT_THAT(words_of("  bind\t:80 \r"), ElementsAre("bind", ":80"));
  EXPECT_THAT(words_of(""), IsEmpty());
}
TEST(HaproxyWords, EndAtAHash) {
  EXPECT_THAT(words_of("a b#c d"), ElementsAre("a", "b"));
  EXPECT_THAT(words_of("# a"), IsEmpty());
  EXPECT_THAT(words_of(R"(a\#b "#" '#')"), ElementsAre("a#b", "#", "#"));
}
TEST(HaproxyWords, LoseQuotesAndEscapes) {
  EXPECT_THAT(words_of(R"(a"b c"'d e' \  \* "\"\n" '\a')"), ElementsAre("ab cd e", " ", R"(\*)", R"("\n)", R"(\a)"));
  EXPECT_THAT(words_of(R"("" a\)"), ElementsAre("", R"(a\)"));
  EXPECT_THAT(words_of("a 'b"), ElementsAre("!a quote is not closed"));
}
TEST(HaproxyWords, HaveVariablesInDoubleQuotes) {
  EXPECT_THAT(words_of(R"("$A-${A}" $A '$A' "${L}" "$" "${" "\$A")"),
              ElementsAre("1-1", "$A", "$A", "1 2", "$", "${", "$A"));
}
TEST(HaproxyWords, KeepVariablesThatAreNotKnown) {
  EXPECT_THAT(words_of(R"("${X}" "${X-80}" "${U-80}" "${A-80}")"), ElementsAre("${X}", "80", "${U-80}", "1"));
}
TEST(HaproxyExpansion, IsInQuotesOrNot) {
  const auto [text, unknown] = haproxy_expand("$A:${A}0:$U:${X}:$", {{"A", "1"}, {"U", std::nullopt}});
  EXPECT_EQ(text, "1:10:$U:${X}:$");
  EXPECT_THAT(unknown, ElementsAre("U", "X"));
}

class HaproxyIf : public testing::Test {
 protected:
  Truth after(const std::vector<std::string>& words) {
    EXPECT_TRUE(conditions.obey(words, {{"A", ""}, {"U", std::nullopt}}));
    return conditions.holds();
  }
  HaproxyConditions conditions;
};

TEST_F(HaproxyIf, OneBranchIsTaken) {
  EXPECT_EQ(after({".if", "0"}), Truth::no);
  EXPECT_EQ(after({".elif", "defined(A)"}), Truth::yes);
  EXPECT_EQ(after({".elif", "1"}), Truth::no);
  EXPECT_EQ(after({".else"}), Truth::no);
  EXPECT_EQ(after({".endif"}), Truth::yes);
}
TEST_F(HaproxyIf, WhatIsUnknownMayOrMayNotBeTaken) {
  EXPECT_EQ(after({".if", "feature(QUIC)"}), Truth::unknown);
  EXPECT_EQ(conditions.doubt(), ".if feature(QUIC)");
  EXPECT_EQ(after({".elif", "1"}), Truth::unknown);
  EXPECT_EQ(after({".elif", "0"}), Truth::no);
  EXPECT_EQ(after({".else"}), Truth::no);
}
TEST_F(HaproxyIf, TheOuterOneDecides) {
  EXPECT_EQ(after({".if", "!1"}), Truth::no);
  EXPECT_EQ(after({".if", "!defined(B)"}), Truth::no);
  EXPECT_EQ(after({".endif"}), Truth::no);
  EXPECT_EQ(after({".else"}), Truth::yes);
  EXPECT_EQ(after({".if", "defined(U)"}), Truth::unknown);
}
TEST_F(HaproxyIf, TheRestNeedsAnIf) {
  EXPECT_FALSE(conditions.obey(std::vector<std::string>{".endif"}, {}));
  EXPECT_TRUE(conditions.obey(std::vector<std::string>{".notice", "x"}, {}));
}

}  // namespace
}  // namespace berth::discover
