#include "core/json_text.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <string_view>

#include "core/utf8.h"

namespace berth {
namespace {

using namespace std::string_view_literals;

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_number(std::uint64_t number) {
  std::string out;
  append_json_number(out, number);
  return out;
}

TEST(JsonString, LeavesReadableTextAlone) {
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("keycloak/admin"), "\"keycloak/admin\"");
  EXPECT_EQ(json_string("Größe 日本 😀"), "\"Größe 日本 😀\"");
}

TEST(JsonString, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_string("x\"y"), R"("x\"y")");
  EXPECT_EQ(json_string("a\\b"), R"("a\\b")");
  EXPECT_EQ(json_string("\n\t\r"), R"("\n\t\r")");
  EXPECT_EQ(json_string("\0\x01\x1f\x1b"sv), R"("\u0000\u0001\u001f\u001b")");
}

// JSON allows all of it, but an answer is shown on terminals too.
TEST(JsonString, EscapesWhatCouldDoHarmOnATerminal) {
  EXPECT_EQ(json_string("\x7f"), R"("\u007f")");
  EXPECT_EQ(json_string("\u009b2J"), R"("\u009b2J")");
  EXPECT_EQ(json_string("a\u202eb"), R"("a\u202eb")");
  EXPECT_EQ(json_string("\U000e0041"), R"("\udb40\udc41")");
}

TEST(JsonString, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json_string("a\xff"
                        "b"),
            "\"a\ufffdb\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"");
  EXPECT_EQ(json_string("\xe6\x97"), "\"\ufffd\ufffd\"");
}

TEST(JsonString, IsAppended) {
  std::string out = "[";
  append_json_string(out, "a");
  EXPECT_EQ(out, "[\"a\"");
}

RC_GTEST_PROP(JsonStringProperty, IsValidWhateverComesIn, (const std::string& text)) {
  const auto json = json_string(text);
  RC_ASSERT(json.front() == '"' && json.back() == '"' && json.size() >= 2U);
  std::string_view rest = std::string_view(json).substr(1, json.size() - 2);
  while (!rest.empty()) {
    const auto length = utf8_length(rest);
    RC_ASSERT(length != 0U);
    RC_ASSERT(is_harmless(code_point(rest)) && rest.front() != '"');
    if (rest.front() == '\\') {
      RC_ASSERT(rest.size() >= 2U);
      RC_ASSERT("\"\\ntru"sv.contains(rest[1]));
      if (rest[1] == 'u') RC_ASSERT(rest.size() >= 6U);
      rest.remove_prefix(rest[1] == 'u' ? 6 : 2);
    } else {
      rest.remove_prefix(length);
    }
  }
}

TEST(JsonNumber, WritesEveryDigit) {
  EXPECT_EQ(json_number(0), "0");
  EXPECT_EQ(json_number(65535), "65535");
  EXPECT_EQ(json_number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

}  // namespace
}  // namespace berth
