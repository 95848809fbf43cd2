#include "cli/options.h"

#include <gmock/gmock.h>

#include <array>
#include <string_view>
#include <vector>

namespace berth::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Option within{"--within", "A-B", "from this range"};
constexpr Option strict{"--strict", "", "refuse"};
constexpr Option help{"--help", "", "what it does", "-h"};
constexpr std::array<const Option*, 3> options{&within, &strict, &help};

using Words = std::vector<std::string_view>;

std::expected<Arguments, Error> parse(const Words& words) { return Arguments::parse(words, options); }

TEST(Arguments, OptionsMayStandAnywhere) {
  for (const auto& words :
       {Words{"--strict", "web", "8080"}, Words{"web", "--strict", "8080"}, Words{"web", "8080", "--strict"}}) {
    const auto arguments = parse(words).value();
    EXPECT_TRUE(arguments.has("--strict"));
    EXPECT_THAT(arguments.words(), ElementsAre("web", "8080"));
  }
}

TEST(Arguments, AValueFollowsAsAWordOrBehindAnEqualsSign) {
  EXPECT_EQ(parse({"--within", "1-2", "web"})->value("--within"), "1-2");
  EXPECT_EQ(parse({"--within=1-2", "web"})->value("--within"), "1-2");
  EXPECT_EQ(parse({"--within=a=b"})->value("--within"), "a=b");
  EXPECT_EQ(parse({"--within="})->value("--within"), "");
  EXPECT_EQ(parse({"--within", ""})->value("--within"), "");
}

TEST(Arguments, AValueMayLookLikeAnOption) {
  EXPECT_EQ(parse({"--within", "--strict"})->value("--within"), "--strict");
}

TEST(Arguments, TheLastValueCounts) {
  const auto arguments = parse({"--within=1", "--within=2"}).value();
  EXPECT_EQ(arguments.value("--within"), "2");
  EXPECT_THAT(arguments.values("--within"), ElementsAre("1", "2"));
}

TEST(Arguments, WhatIsNotGivenIsNotThere) {
  const auto arguments = parse({}).value();
  EXPECT_FALSE(arguments.has("--strict"));
  EXPECT_EQ(arguments.value("--within"), std::nullopt);
  EXPECT_THAT(arguments.values("--within"), IsEmpty());
  EXPECT_THAT(arguments.words(), IsEmpty());
}

TEST(Arguments, AfterTwoDashesEverythingIsAWord) {
  EXPECT_THAT(parse({"--strict", "--", "--strict", "-n", "--"})->words(), ElementsAre("--strict", "-n", "--"));
}

TEST(Arguments, ADashAloneIsAWord) { EXPECT_THAT(parse({"-", ""})->words(), ElementsAre("-", "")); }

TEST(Arguments, ALetterIsTheOption) { EXPECT_TRUE(parse({"-h"})->has("--help")); }

TEST(Arguments, AnUnknownOptionIsRefused) {
  for (const auto* word : {"-n", "--nothing", "---", "-8080", "--within-x=1"}) {
    const auto error = parse({word, "web"}).error();
    EXPECT_EQ(error.code, ErrorCode::usage) << word;
    EXPECT_THAT(error.message, HasSubstr("unknown option '-"));
  }
}

TEST(Arguments, AMistypedOptionIsGuessed) {
  EXPECT_EQ(parse({"--strikt"}).error().hint, "did you mean --strict?");
  EXPECT_EQ(parse({"--witin=1-2"}).error().hint, "did you mean --within?");
  EXPECT_EQ(parse({"--fast"}).error().hint, "");
}

TEST(Arguments, AValueThatIsMissingIsAskedFor) {
  const auto error = parse({"web", "--within"}).error();
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_EQ(error.message, "option '--within' needs a value");
  EXPECT_EQ(error.hint, "--within A-B");
}

TEST(Arguments, AValueThatIsTooManyIsRefused) {
  EXPECT_EQ(parse({"--strict=yes"}).error().message, "option '--strict' takes no value");
}

TEST(Arguments, AnOddOptionIsQuoted) {
  EXPECT_THAT(parse({"--\x1b[2J"}).error().message, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace berth::cli
