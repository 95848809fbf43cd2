#include "cli/request.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "unit/core/written.h"

namespace berth::cli {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using tests::endpoint;

using Words = std::vector<std::string_view>;

TEST(ParseRequest, IsAServiceASpecAndAKind) {
  const auto request = parse_request({"web", "127.0.0.1:8080/udp", "fixed"}).value();
  EXPECT_EQ(request.service, "web");
  EXPECT_EQ(request.endpoint, endpoint("127.0.0.1:8080/udp"));
  EXPECT_EQ(request.kind, Kind::fixed);
  EXPECT_EQ(request.within, std::nullopt);
  EXPECT_FALSE(request.strict);
}

TEST(ParseRequest, MayLeaveTheKindOpen) { EXPECT_EQ(parse_request({"web", "8080"})->kind, std::nullopt); }

TEST(ParseRequest, LeavesTheNameToTheRegistry) { EXPECT_EQ(parse_request({"x\"y", "8080"})->service, "x\"y"); }

TEST(ParseRequest, RefusesEverythingElse) {
  for (const auto& words :
       {Words{}, Words{"web"}, Words{"web", "8080", "fixed", "now"}, Words{"web", "abc"}, Words{"web", "0"},
        Words{"web", "70000"}, Words{"web", "8080abc"}, Words{"web", " 8080"}, Words{"web", "+80"}, Words{"web", ""},
        Words{"web", "8080", "fxied"}, Words{"web", "8080", ""}, Words{"web", "fixed", "8080"}}) {
    const auto request = parse_request(words);
    ASSERT_FALSE(request.has_value());
    EXPECT_EQ(request.error().code, ErrorCode::usage);
  }
}

TEST(ParseRequest, NamesTheWordThatIsTooMany) {
  EXPECT_EQ(parse_request({"web", "8080", "fixed", "now"}).error().message, "'now' is one word too many");
}

TEST(ParseBatch, IsOneRequestALine) {
  const auto requests = parse_batch("web 8080\ndb 127.0.0.1:5432 fixed\n").value();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].service, "web");
  EXPECT_EQ(requests[1].endpoint, endpoint("127.0.0.1:5432"));
  EXPECT_EQ(requests[1].kind, Kind::fixed);
}

TEST(ParseBatch, ReadsWhatPeopleWrite) {
  for (const auto* text : {"web 8080", "web 8080\n", "\n\nweb 8080\n\n", "  web \t 8080  \n", "web 8080\r\n",
                           "web 8080 # the site\n", "# ports\n\n  # more\nweb 8080", "#\nweb\t8080\n", "web 8080#x"}) {
    const auto requests = parse_batch(text);
    ASSERT_TRUE(requests.has_value()) << text;
    ASSERT_THAT(*requests, SizeIs(1)) << text;
    EXPECT_EQ(requests->front().endpoint, endpoint("8080"));
  }
}

TEST(ParseBatch, SaysInWhichLineAMistakeIs) {
  EXPECT_THAT(parse_batch("web 8080\n\n# db\ndb 0\n").error().message, StartsWith("line 4: invalid port '0'"));
  EXPECT_THAT(parse_batch("web 8080\nx\n").error().message, StartsWith("line 2: a request needs"));
  EXPECT_THAT(parse_batch("web 8080 fixed now").error().message, StartsWith("line 1: 'now'"));
  EXPECT_THAT(parse_batch("web fixed").error().message, StartsWith("line 1: "));
}

TEST(ParseBatch, TellsTheLineOfEveryRequest) {
  const auto requests = parse_batch("\nweb 8080\ndb 5432\n").value();
  EXPECT_EQ(requests[0].line, 2);
  EXPECT_EQ(requests[1].line, 3);
}

TEST(ParseBatch, AServiceMayStandInItOnce) {
  const auto error = parse_batch("web 8080\ndb 5432\nweb 8081\nweb 8082\n").error();
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.message, "line 3: 'web' stands in line 1 already");
  EXPECT_TRUE(parse_batch("web 8080\nweb/admin 8081\nWEB 8082\n").has_value());
}

TEST(ParseBatch, MustAskForSomething) {
  for (const auto* text : {"", "\n", "# nothing\n", " \t\r\n"}) {
    EXPECT_EQ(parse_batch(text).error().message, "the batch asks for nothing");
  }
}

TEST(ParseBatch, ReadsWhateverBytesThereAre) {
  using namespace std::string_view_literals;
  for (const auto text : {"web\0 8080"sv, "\xff\xfe 8080"sv, "web 80\0"sv, "\0\0\0"sv}) {
    const auto requests = parse_batch(text);
    if (requests) continue;
    EXPECT_THAT(requests.error().message, HasSubstr("line 1: "));
  }
}

TEST(Within, IsARangeOfPorts) {
  static constexpr Option option{"--within", "A-B", ""};
  constexpr std::array<const Option*, 1> options{&option};
  const auto within = [&](std::string_view word) { return within_of(Arguments::parse({&word, 1}, options).value()); };
  EXPECT_EQ(within("--within=8000-8999").value(), (PortRange{8000, 8999}));
  EXPECT_EQ(within("web").value(), std::nullopt);
  for (const auto* word : {"--within=", "--within=0-9", "--within=9-8", "--within=a-b", "--within=1-70000"}) {
    EXPECT_EQ(within(word).error().code, ErrorCode::usage) << word;
  }
}

}  // namespace
}  // namespace berth::cli
