#include "core/quote.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/utf8.h"

namespace berth {
namespace {

using namespace std::string_view_literals;

TEST(Escape, LeavesReadableTextAlone) {
  for (const auto text : {""sv, "keycloak"sv, "a b/c.d_e-f"sv, "\"quoted\" 'too'"sv, "Größe"sv, "日本語"sv, "😀"sv}) {
    EXPECT_EQ(escape(text), text);
  }
}

TEST(Escape, ShowsWhatCouldMoveTheCursor) {
  EXPECT_EQ(escape("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(escape("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(escape("\0\x07\x08\x7f"sv), "\\x00\\x07\\x08\\x7f");
  // C1: one character to a terminal that reads UTF-8, a control sequence introducer.
  EXPECT_EQ(escape("\u009b2J\u0085\u0080\u009f"), "\\u{9b}2J\\u{85}\\u{80}\\u{9f}");
}

TEST(Escape, ShowsWhatCouldHideOrReorderText) {
  EXPECT_EQ(escape("\u202efdp.exe\u202c"), "\\u{202e}fdp.exe\\u{202c}");
  for (const auto* text : {"\u200b", "\u200d", "\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\u202a", "\u2060",
                           "\u2066", "\u2069", "\ufeff", "\u00ad", "\ufff9", "\U000e0041"}) {
    EXPECT_THAT(escape(text), testing::StartsWith("\\u{")) << text;
  }
}

TEST(Escape, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(escape("\xff"), "\\xff");
  EXPECT_EQ(escape("\x9b"), "\\x9b");                             // C1 in an eight-bit terminal
  EXPECT_EQ(escape("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(escape("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // overlong
  EXPECT_EQ(escape("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(escape("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(escape("\xe6\x97"), "\\xe6\\x97");                    // torn
  EXPECT_EQ(escape("\xe6\x97z"), "\\xe6\\x97z");
}

TEST(Escape, CanBeToldFromTheTextItStandsFor) {
  EXPECT_EQ(escape("\\x1b"), "\\\\x1b");
  EXPECT_NE(escape("\\n"), escape("\n"));
}

RC_GTEST_PROP(EscapeProperty, LeavesNothingThatCouldDoHarm, (const std::string& text)) {
  const auto escaped = escape(text);
  for (std::string_view rest = escaped; !rest.empty(); rest.remove_prefix(utf8_length(rest))) {
    RC_ASSERT(utf8_length(rest) != 0U);
    RC_ASSERT(is_harmless(code_point(rest)));
  }
}

RC_GTEST_PROP(EscapeProperty, DifferentTextsStayDifferent, (const std::string& left, const std::string& right)) {
  RC_ASSERT((escape(left) == escape(right)) == (left == right));
}

TEST(Quote, PutsItInQuotes) {
  EXPECT_EQ(quote("web"), "'web'");
  EXPECT_EQ(quote(""), "''");
  EXPECT_EQ(quote("\x1b[2J"), "'\\x1b[2J'");
}

TEST(Quote, TheEndCannotBeFaked) {
  EXPECT_EQ(quote("a' is free"), "'a\\' is free'");
  EXPECT_EQ(quote("a\\"), "'a\\\\'");
}

TEST(Quote, CutsWhatIsLong) {
  const auto quoted = quote(std::string(100'000, 'x'));
  EXPECT_LT(quoted.size(), 100U);
  EXPECT_TRUE(quoted.ends_with("x...'"));
  EXPECT_EQ(quote(std::string(80, 'x')), "'" + std::string(80, 'x') + "'");
}

TEST(Quote, CutsBetweenCharacters) {
  std::string text(79, 'x');
  for (int count = 0; count < 9; ++count) text += "日";
  EXPECT_EQ(quote(text), "'" + std::string(79, 'x') + "...'");
}

TEST(ShellWord, IsBareWhereAShellTakesItAsItIs) {
  for (const auto* text : {"web", "8080", "127.0.0.1:53/tcp+udp", "--within=1-2", "/srv/a_b.json", "äöü"}) {
    EXPECT_EQ(shell_word(text), text);
  }
}

TEST(ShellWord, IsQuotedWhereAShellWouldTakeItApart) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("[::1]:80"), "'[::1]:80'");
  EXPECT_EQ(shell_word("$(rm -rf ~)"), "'$(rm -rf ~)'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
}

TEST(Operands, AreTakenForNoOption) {
  EXPECT_EQ(operand("web"), "web");
  EXPECT_EQ(operand("a b"), "'a b'");
  EXPECT_EQ(operand("-n"), "-- -n");
  EXPECT_EQ(operands({"web", "--all"}), "-- web --all");
  EXPECT_EQ(operands({"-a", "-b"}), "-- -a -b");
  EXPECT_EQ(operand(""), "''");
}

TEST(ShellWord, IsHarmlessToPrintAndToType) {
  EXPECT_EQ(shell_word("a\x1b[31m"), "$'a\\033[31m'");
  EXPECT_EQ(shell_word("a\nb"), "$'a\\012b'");
  EXPECT_EQ(shell_word("\u202e'x\\"), "$'\\342\\200\\256\\047x\\134'");
  EXPECT_EQ(shell_word("\xff"), "$'\\377'");
}

// What bash makes of $'...' with octal escapes alone.
std::string read_octal_escapes(std::string_view word) {
  std::string text;
  for (word = word.substr(2, word.size() - 3); !word.empty();) {
    const bool is_escape = word.front() == '\\';
    text.push_back(is_escape ? static_cast<char>(std::stoi(std::string(word.substr(1, 3)), nullptr, 8)) : word.front());
    word.remove_prefix(is_escape ? 4 : 1);
  }
  return text;
}

// What a shell makes of a word of bare text, '...' and \', or of $'...'.
std::string read_by_shell(std::string_view word) {
  if (word.starts_with("$'")) return read_octal_escapes(word);
  std::string text;
  bool quoted = false;
  for (std::size_t index = 0; index < word.size(); ++index) {
    if (word[index] == '\'') {
      quoted = !quoted;
    } else {
      if (!quoted && word[index] == '\\') ++index;
      text.push_back(word[index]);
    }
  }
  return text;
}

RC_GTEST_PROP(ShellWordProperty, IsReadAsTheTextItStandsFor, (const std::string& text)) {
  RC_ASSERT(read_by_shell(shell_word(text)) == text);
}

// The backslash alone may be there, which escape() doubles.
RC_GTEST_PROP(ShellWordProperty, MovesNoCursor, (const std::string& text)) {
  auto word = shell_word(text);
  std::erase(word, '\\');
  RC_ASSERT(escape(word) == word);
}

TEST(Utf8, KnowsTheLengthOfACharacter) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("\0"sv), 1U);
  EXPECT_EQ(utf8_length("ä"), 2U);
  EXPECT_EQ(utf8_length("日x"), 3U);
  EXPECT_EQ(utf8_length("😀"), 4U);
}

TEST(Utf8, KnowsTheCodePointOfACharacter) {
  EXPECT_EQ(code_point("a"), U'a');
  EXPECT_EQ(code_point("äx"), U'ä');
  EXPECT_EQ(code_point("日"), U'日');
  EXPECT_EQ(code_point("😀"), U'😀');
}

TEST(Utf8, KnowsTheFirstAndLastOfEachLength) {
  for (const auto* text :
       {"\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(utf8_length(text), std::string_view(text).size()) << text;
  }
}

TEST(Utf8, RefusesEverythingElse) {
  for (const auto text : {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2z"sv, "\xe0\x9f\xbf"sv,
                          "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv, "\xe6\x97"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv,
                          "\xf5\x80\x80\x80"sv, "\xf0\x9f\x98"sv, "\xfe"sv, "\xff"sv}) {
    EXPECT_EQ(utf8_length(text), 0U);
  }
}

}  // namespace
}  // namespace berth
