#include "discover/nginx_syntax.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;

// "a b;", "a {", "}", then "!message" of a fault; each with its line before it.
std::vector<std::string> nginx_statements(std::string_view text) {
  std::vector<std::string> all;
  NginxReader reader(text);
  while (true) {
    const auto statement = reader.next();
    if (!statement) {
      all.push_back(std::to_string(statement.error().line) + "!" + statement.error().message);
      return all;
    }
    if (!*statement) return all;
    auto written = std::to_string((*statement)->line);
    for (const auto& word : (*statement)->words) written += " <" + word + ">";
    if ((*statement)->kind == NginxStatement::Kind::opens) written += " {";
    if ((*statement)->kind == NginxStatement::Kind::closes) written += " }";
    all.push_back(written);
  }
}

struct NginxText {
  const char* text;
  std::vector<std::string> statements;
};

class NginxSyntax : public testing::TestWithParam<NginxText> {};

TEST_P(NginxSyntax, IsReadAsByNginx) { EXPECT_EQ(nginx_statements(GetParam().text), GetParam().statements); }

INSTANTIATE_TEST_SUITE_P(
    , NginxSyntax,
    testing::Values(
        NginxText{"", {}}, NginxText{"a b;", {"1 <a> <b>"}},
        NginxText{"\xef\xbb\xbf"
                  "a;",
                  {"1 <a>"}},
        NginxText{"a\n b\r\n;\nc;", {"1 <a> <b>", "4 <c>"}}, NginxText{"a{b;}", {"1 <a> {", "1 <b>", "1 }"}},
        // Quotes and escapes.
        NginxText{"a \"b c;\" 'd\"';", {"1 <a> <b c;> <d\">"}},
        NginxText{"a 'b\nc' d;\ne;", {"1 <a> <b\nc> <d>", "3 <e>"}},
        NginxText{"a \"\\\"\\\\\\n\\d\" e\\;f;", {"1 <a> <\"\\\n\\d> <e\\;f>"}},
        NginxText{"if ($a = \"b\"){}", {"1 <if> <($a> <=> <b> <)> {", "1 }"}},
        // A comment begins a word; a quote too.
        NginxText{"a b#c;#d;\n#e {\nf;", {"1 <a> <b#c>", "3 <f>"}}, NginxText{"a b\"c\"d;", {"1 <a> <b\"c\"d>"}},
        // Braces inside words.
        NginxText{"a ${b}c $d{}", {"1 <a> <${b}c> <$d> {", "1 }"}}, NginxText{"a b}c;", {"1 <a> <b}c>"}},
        // Lua has a syntax of its own.
        NginxText{"x_by_lua_block { a = {'}', \"}\\\"\"} -- }\n --[[ }\n]] b = [=[ ]] } ]=] } c;",
                  {"1 <x_by_lua_block> {", "3 }", "3 <c>"}},
        NginxText{"x_by_lua_block { '", {"1 <x_by_lua_block> {"}},
        // Faults.
        NginxText{"a;\nb", {"1 <a>", "2!the file ends within a directive"}}, NginxText{"\n;", {"2!unexpected ';'"}},
        NginxText{"a {{", {"1 <a> {", "1!unexpected '{'"}}, NginxText{"a }", {"1!unexpected '}'"}},
        NginxText{"a\n'b;\n", {"2!a quote is not closed"}}, NginxText{"a 'b'c;", {"1!text follows a closing quote"}},
        NginxText{"a \\", {"1!the file ends within a directive"}}));

RC_GTEST_PROP(NginxReader, ComesToAnEndOfAnyText, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a \n\\\"'{};#$[]=-\0", 17)));
  nginx_statements(text);
  nginx_statements("x_by_lua_block {" + text);
}

}  // namespace
}  // namespace berth::discover
