#include "discover/dotenv.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Fault = Dotenv::Fault;

struct Case {
  std::string text;
  std::string value;
};

class DotenvValue : public testing::TestWithParam<Case> {};

TEST_P(DotenvValue, AsComposeReadsIt) {
  const auto read = parse_dotenv(GetParam().text, {{"KNOWN", "k"}});
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(read.variables, ElementsAre(Pair("A", GetParam().value)));
}

INSTANTIATE_TEST_SUITE_P(Lines, DotenvValue,
                         testing::ValuesIn<Case>({
                             {"A=1", "1"},
                             {"A=1\n", "1"},
                             {"A=1\r\n", "1"},
                             {"\xEF\xBB\xBF"
                              "A=1",
                              "1"},
                             {"  A = 1  ", "1"},
                             {"A: 1", "1"},
                             {"export A=1", "1"},
                             {"export\tA=1", "1"},
                             {"A=", ""},
                             {"A=''", ""},
                             {"# A=0\n\n  # B=0\nA=1 # why\n", "1"},
                             {"A=# why", ""},
                             {"A=a#b", "a#b"},
                             {"A=a=b", "a=b"},
                             {"A='a # b'", "a # b"},
                             {"A='a' # why", "a"},
                             {"A=\"a # b\" # why", "a # b"},
                             {"A='$KNOWN\\n'", "$KNOWN\\n"},
                             {"A=\"$KNOWN\\n\\\"\\\\\"", "k\n\"\\"},
                             {"A=\"\\$KNOWN\"", "$KNOWN"},
                             {"A=${KNOWN}1", "k1"},
                             {"A=${NONE:-8080}", "8080"},
                             {"A=$NONE", ""},
                             {"A=$$", "$"},
                             {"A=1\nA=2", "2"},
                             {"A='one\ntwo'", "one\ntwo"},
                             {"A=two words", "two words"},
                         }));

TEST(Dotenv, UsesTheLinesAbove) {
  EXPECT_THAT(parse_dotenv("A=1\nB=${A}2\nC=$D\nD=3").variables,
              ElementsAre(Pair("A", "1"), Pair("B", "12"), Pair("C", ""), Pair("D", "3")));
}
TEST(Dotenv, WhatIsKnownWins) {
  EXPECT_THAT(parse_dotenv("A=1\nB=$A", {{"A", "k"}}).variables, ElementsAre(Pair("A", "1"), Pair("B", "k")));
}
TEST(Dotenv, ANameAloneIsWhatIsKnown) {
  EXPECT_THAT(parse_dotenv("A\nB # why\n", {{"A", "k"}}).variables, ElementsAre(Pair("A", "k")));
}
TEST(Dotenv, TheLineOfWhatIsWrong) {
  const auto read = parse_dotenv("A='x\ny'\n=1\nB 2\nC=3\nD=$(x)\nE='a' b\nF='open\n");
  EXPECT_THAT(read.variables, ElementsAre(Pair("A", "x\ny"), Pair("C", "3")));
  EXPECT_THAT(read.faults,
              ElementsAre(Fault{3, "a line must begin with a variable's name"},
                          Fault{4, "`=` is missing after the variable's name"}, Fault{6, "a `$` begins no variable"},
                          Fault{7, "text after the closing quote"}, Fault{8, "a quote is not closed"}));
}
TEST(Dotenv, DoesNotDoubleForever) {
  std::string text = "A0=xxxxxxxxxxxxxxxx\n";
  for (int line = 1; line < 60; ++line)
    text += "A" + std::to_string(line) + "=$A" + std::to_string(line - 1) + "$A" + std::to_string(line - 1) + "\n";
  std::size_t size = 0;
  for (const auto& [name, value] : parse_dotenv(text).variables) size += value.size();
  EXPECT_LT(size, 16U << 20);
}

}  // namespace
}  // namespace berth::discover
