#include "discover/apache_syntax.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using Kind = ApacheStatement::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<ApacheStatement> apache_statements(std::string_view text) {
  std::vector<ApacheStatement> all;
  ApacheReader reader(text);
  while (auto statement = reader.next()) all.push_back(std::move(*statement));
  return all;
}
ApacheStatement directive(std::string name, std::string arguments, std::string text, unsigned line) {
  return {Kind::directive, std::move(name), std::move(arguments), std::move(text), line};
}

TEST(ApacheSyntax, NamesHaveNoCase) {
  EXPECT_THAT(apache_statements("\n  LiStEn\t80  \r\n"), ElementsAre(directive("listen", "80", "LiStEn\t80", 2)));
}
TEST(ApacheSyntax, ABackslashContinuesALine) {
  EXPECT_THAT(apache_statements("a \\\n b\\\r\nc\nd"), ElementsAre(directive("a",
                                                                             "b"
                                                                             "c",
                                                                             "a  bc", 1),
                                                                   directive("d", "", "d", 4)));
}
TEST(ApacheSyntax, ABackslashContinuesACommentToo) {
  EXPECT_THAT(apache_statements("# a \\\nListen 80\n# b \\\\\nListen 81\nc"), ElementsAre(directive("c", "", "c", 5)));
}
TEST(ApacheSyntax, OnlyALineIsAComment) {
  EXPECT_THAT(apache_statements("a b # c"), ElementsAre(directive("a", "b # c", "a b # c", 1)));
}
TEST(ApacheSyntax, SectionsBeginAndEnd) {
  EXPECT_THAT(apache_statements("<IfModule !a>\n</IFMODULE>\n<a b> c>\n<d\n"),
              ElementsAre(ApacheStatement{Kind::opens, "ifmodule", "!a", "<IfModule !a>", 1},
                          ApacheStatement{Kind::closes, "ifmodule", "", "</IFMODULE>", 2},
                          ApacheStatement{Kind::opens, "a", "b> c", "<a b> c>", 3},
                          ApacheStatement{Kind::opens, "d", "", "<d", 4}));
}
TEST(ApacheSyntax, TheMarkOfAnEditorIsSkipped) {
  EXPECT_THAT(apache_statements("\xef\xbb\xbf"
                                "a"),
              ElementsAre(directive("a", "", "a", 1)));
}
TEST(ApacheSyntax, AnythingElseIsNothing) {
  EXPECT_THAT(apache_statements(""), IsEmpty());
  EXPECT_THAT(apache_statements("\n#\n \\\n\n\\"), IsEmpty());
}

TEST(ApacheWords, AreApartByBlanksAndQuotes) {
  EXPECT_THAT(apache_words(" a\tb  "), ElementsAre("a", "b"));
  EXPECT_THAT(apache_words("\"a b\" 'c' \"d"), ElementsAre("a b", "c", "d"));
  EXPECT_THAT(apache_words(R"("a\"b\\c\d" 'e\'f')"), ElementsAre(R"(a"b\c\d)", "e'f"));
  EXPECT_THAT(apache_words("'a'b \"\""), ElementsAre("a", "b", ""));
  EXPECT_THAT(apache_words(""), IsEmpty());
}

}  // namespace
}  // namespace berth::discover
