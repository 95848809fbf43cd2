#include "discover/compose_variables.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Variables& variables() {
  static const Variables known{{"A", "1"}, {"EMPTY", ""}, {"LONG_name2", "x"}, {"DOLLAR", "$A"}};
  return known;
}

struct Case {
  std::string text;
  std::string expected;
};

class Interpolate : public testing::TestWithParam<Case> {};

TEST_P(Interpolate, AsComposeDoes) {
  EXPECT_EQ(interpolate(GetParam().text, variables()), (Interpolation{GetParam().expected}));
}

INSTANTIATE_TEST_SUITE_P(Rules, Interpolate,
                         testing::ValuesIn<Case>({
                             {"", ""},
                             {"8080:80", "8080:80"},
                             {"$A", "1"},
                             {"${A}:$LONG_name2-", "1:x-"},
                             {"$A$A/$A", "11/1"},
                             {"$$A", "$A"},
                             {"$${A}", "${A}"},
                             {"$$$A", "$1"},
                             {"${A:-2}", "1"},
                             {"${A-2}", "1"},
                             {"${NONE:-2}", "2"},
                             {"${NONE-2}", "2"},
                             {"${EMPTY:-2}", "2"},
                             {"${EMPTY-2}", ""},
                             {"${EMPTY}", ""},
                             {"${NONE:-}", ""},
                             {"${NONE-}", ""},
                             {"${A:+r}", "r"},
                             {"${A+r}", "r"},
                             {"${EMPTY:+r}", ""},
                             {"${EMPTY+r}", "r"},
                             {"${NONE:+r}", ""},
                             {"${NONE+r}", ""},
                             {"${A:?say why}", "1"},
                             {"${A?say why}", "1"},
                             {"${EMPTY?say why}", ""},
                             {"${NONE:-${OTHER:-${A}}}", "1"},
                             {"${NONE:-a${OTHER:-}b}c", "abc"},
                             {"${NONE-$A}", "1"},
                             {"${NONE:-a$$}b}", "a$b}"},
                             {"${A:+${LONG_name2}}", "x"},
                             {"${NONE:--1}", "-1"},
                             {"${NONE:-127.0.0.1:80}", "127.0.0.1:80"},
                             {"$DOLLAR", "$A"},
                         }));

TEST(InterpolateMissing, NamesWhatHasNoValue) {
  const auto result = interpolate("${B}:$C:${B}:$A", variables());
  EXPECT_THAT(result.missing, ElementsAre("B", "C"));
  EXPECT_EQ(result.text, "::" + std::string(":1"));
}
TEST(InterpolateMissing, ADefaultIsAValue) {
  EXPECT_THAT(interpolate("${B:-${C}}", variables()).missing, ElementsAre("C"));
  EXPECT_THAT(interpolate("${A:-${C}}", variables()).missing, IsEmpty());
  EXPECT_THAT(interpolate("${B:+$C}", variables()).missing, IsEmpty());
}
TEST(InterpolateMissing, WhatIsRequired) {
  EXPECT_THAT(interpolate("${B?why}", variables()).missing, ElementsAre("B"));
  EXPECT_THAT(interpolate("${EMPTY:?why}", variables()).missing, ElementsAre("EMPTY"));
}

class Malformed : public testing::TestWithParam<std::string> {};
TEST_P(Malformed, IsNotGuessed) { EXPECT_EQ(interpolate(GetParam(), variables()), (Interpolation{"", {}, true})); }
INSTANTIATE_TEST_SUITE_P(Texts, Malformed,
                         testing::Values("$", "a$", "$1", "$-", "$(A)", "${", "${A", "${}", "${1}", "${A!}", "${A:}",
                                         "${A:x}", "${-a}", "${NONE:-${}", "${A b}", "$ A"));

TEST(InterpolateBounds, NestsSoDeepAndNoDeeper) {
  const auto nested = [](unsigned depth) {
    std::string text = "x";
    for (unsigned level = 0; level < depth; ++level) text = "${N:-" + text + "}";
    return text;
  };
  EXPECT_EQ(interpolate(nested(deepest_interpolation), {}).text, "x");
  EXPECT_TRUE(interpolate(nested(deepest_interpolation + 1), {}).malformed);
  EXPECT_TRUE(interpolate(nested(5000), {}).malformed);
}
TEST(InterpolateBounds, GrowsNoLarger) {
  const Variables large{{"L", std::string(longest_interpolation / 2, 'x')}};
  EXPECT_FALSE(interpolate("$L$L", large).malformed);
  EXPECT_TRUE(interpolate("$L$L$L", large).malformed);
}

}  // namespace
}  // namespace berth::discover
