#include "discover/caddyfile_syntax.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> texts;
  for (const auto& token : caddyfile_tokens(text, 0, 1000).tokens) texts.push_back(token.text);
  return texts;
}

TEST(CaddyfileSyntax, WordsAreBetweenWhiteSpace) {
  EXPECT_THAT(words("a.example {\n\trespond hi\n}\n"), ElementsAre("a.example", "{", "respond", "hi", "}"));
}

TEST(CaddyfileSyntax, AByteOrderMarkAndCarriageReturnsAreNoText) {
  EXPECT_THAT(words("\xEF\xBB\xBF:80 {\r\n}\r\n"), ElementsAre(":80", "{", "}"));
}

TEST(CaddyfileSyntax, ACommentBeginsAWord) {
  EXPECT_THAT(words("# a\nb#c # d {\ne"), ElementsAre("b#c", "e"));
  EXPECT_THAT(words("a # no end of line"), ElementsAre("a"));
}

TEST(CaddyfileSyntax, QuotesKeepSpacesAndLineBreaks) {
  EXPECT_THAT(words("\"a b\" `c \" d` \"e\nf\" \"\" g\"h"), ElementsAre("a b", "c \" d", "e\nf", "", "g\"h"));
}

TEST(CaddyfileSyntax, ABackslashEscapesAQuoteAlone) {
  EXPECT_THAT(words(R"("a\"b" "c\d" \e)"), ElementsAre("a\"b", "c\\d", "\\e"));
}

TEST(CaddyfileSyntax, ABackslashContinuesALine) {
  const auto tokens = caddyfile_tokens("a \\\n b\nc \\\r\n d\n", 0, 10).tokens;
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_FALSE(on_new_line(tokens[0], tokens[1]));
  EXPECT_TRUE(on_new_line(tokens[1], tokens[2]));
  EXPECT_FALSE(on_new_line(tokens[2], tokens[3]));
  EXPECT_EQ(tokens[1].line, 2U);
  EXPECT_EQ(tokens[3].line, 4U);
}

TEST(CaddyfileSyntax, AHeredocIsOneWord) {
  const auto tokens = caddyfile_tokens("respond <<END\n  { a }\n  END 200\nnext", 0, 10).tokens;
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[1].text, "  { a }");
  EXPECT_EQ(tokens[2].text, "200");
  EXPECT_FALSE(on_new_line(tokens[1], tokens[2]));
  EXPECT_TRUE(on_new_line(tokens[2], tokens[3]));
  EXPECT_EQ(tokens[3].line, 4U);
}

TEST(CaddyfileSyntax, AnEscapedHeredocIsAWord) { EXPECT_THAT(words("\\<<END a"), ElementsAre("<<END", "a")); }

TEST(CaddyfileSyntax, AVariableIsItsDefault) {
  EXPECT_THAT(words("{$A:b.example}:{$P:80} {$L:x y}"), ElementsAre("b.example:80", "x", "y"));
}

TEST(CaddyfileSyntax, AVariableWithoutADefaultStays) {
  EXPECT_THAT(words("{$A} {$B}.example {$EMPTY:}"), ElementsAre("{$A}", "{$B}.example"));
}

TEST(CaddyfileSyntax, KnowsTheVariablesOfAWord) {
  EXPECT_THAT(caddy_variables("{$A}{env.B}:{$A} {args[0]} {$} {$C"), ElementsAre("A", "B"));
  EXPECT_TRUE(only_caddy_variables("{$A}{$B}"));
  EXPECT_FALSE(only_caddy_variables("{$A}.example"));
  EXPECT_FALSE(only_caddy_variables(""));
}

TEST(CaddyfileSyntax, TellsWhereItStops) {
  const auto fault = [](std::string_view text) {
    const auto read = caddyfile_tokens(text, 0, 1000).fault;
    return std::to_string(read.line) + " " + read.message;
  };
  EXPECT_THAT(fault("a\n\"b\nc"), HasSubstr("2 the quote is never closed"));
  EXPECT_THAT(fault("`"), HasSubstr("1 the backtick is never closed"));
  EXPECT_THAT(fault("a <<END\nb"), HasSubstr("1 the heredoc <<END never ends"));
  EXPECT_THAT(fault("a << b"), HasSubstr("begins no heredoc"));
}

TEST(CaddyfileSyntax, StopsAfterTooManyWords) {
  const auto read = caddyfile_tokens("a\nb\nc\nd", 0, 2);
  EXPECT_EQ(read.tokens.size(), 2U);
  EXPECT_EQ(read.fault.line, 3U);
}

RC_GTEST_PROP(CaddyfileSyntaxProperty, EndsOnAnyText, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"{", "}", "\n", "\r\n", " ", "\"", "`", "\\", "<<E", "E", "{$A}",
                                                  "{$A:b}", "{$", "#", "a,", "import", "\xEF", std::string(1, '\0')}));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  const auto read = caddyfile_tokens(text, 0, 1000);
  RC_ASSERT(read.tokens.size() <= text.size());
}

}  // namespace
}  // namespace berth::discover
