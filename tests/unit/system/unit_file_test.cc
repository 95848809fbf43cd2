#include "system/unit_file.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

// "Section.Key=value" of each.
std::vector<std::string> settings_of(std::string_view text) {
  std::vector<std::string> written;
  for (const auto& setting : parse_unit_text(text).settings) {
    written.push_back(setting.section + "." + setting.key + "=" + setting.value);
  }
  return written;
}

TEST(UnitText, HasSectionsAndSettings) {
  EXPECT_THAT(settings_of("[Unit]\nDescription=A web server\n\n[Socket]\nListenStream=80\nListenStream=81\n"),
              ElementsAre("Unit.Description=A web server", "Socket.ListenStream=80", "Socket.ListenStream=81"));
}

TEST(UnitText, KnowsWhereASettingBegins) {
  const auto text = parse_unit_text("# one\n[Socket]\n\nListenStream=\\\n  80\nAccept=yes");
  ASSERT_EQ(text.settings.size(), 2U);
  EXPECT_EQ(text.settings[0].line, 4U);
  EXPECT_EQ(text.settings[1].line, 6U);
}

TEST(UnitText, IgnoresWhiteSpaceAroundWhatCounts) {
  EXPECT_THAT(settings_of("  [Socket]\t\n\t ListenStream \t=  80 \t\n"), ElementsAre("Socket.ListenStream=80"));
}

TEST(UnitText, KeepsEmptyAssignments) {
  EXPECT_THAT(settings_of("[Socket]\nListenStream=\nListenStream =  \n"),
              ElementsAre("Socket.ListenStream=", "Socket.ListenStream="));
}

TEST(UnitText, IgnoresComments) {
  EXPECT_THAT(settings_of("#[A]\n[Socket]\n# x=1\n;y=2\n  # z=3\nListenStream=80\n"),
              ElementsAre("Socket.ListenStream=80"));
}

TEST(UnitText, TakesACommentSignInsideALineForText) {
  EXPECT_THAT(settings_of("[Socket]\nListenStream=80 # web\n"), ElementsAre("Socket.ListenStream=80 # web"));
}

TEST(UnitText, JoinsContinuedLines) {
  EXPECT_THAT(settings_of("[Service]\nExecStart=/bin/a \\\n  b\\\n  c\nUser=d\n"),
              ElementsAre("Service.ExecStart=/bin/a  b c", "Service.User=d"));
}

TEST(UnitText, SkipsCommentsInsideContinuedLines) {
  EXPECT_THAT(settings_of("[Socket]\nListenStream=\\\n# first\n; second\n80\n"), ElementsAre("Socket.ListenStream=80"));
}

TEST(UnitText, EndsAContinuedLineAtAnEmptyOne) {
  EXPECT_THAT(settings_of("[Socket]\nListenStream=80 \\\n\nListenStream=81\n"),
              ElementsAre("Socket.ListenStream=80", "Socket.ListenStream=81"));
}

TEST(UnitText, TakesAContinuedLastLine) {
  EXPECT_THAT(settings_of("[Socket]\nListenStream=80\\"), ElementsAre("Socket.ListenStream=80"));
}

TEST(UnitText, ContinuesAfterAnOddNumberOfBackslashesAlone) {
  EXPECT_THAT(settings_of("[Socket]\nA=1\\\\\nB=2\\\\\\\n3\n"), ElementsAre("Socket.A=1\\\\", "Socket.B=2\\\\ 3"));
}

TEST(UnitText, TakesEveryLineEnd) {
  EXPECT_THAT(settings_of("[Socket]\r\nA=1\rB=2\n\rC=3\0D=4"sv),
              ElementsAre("Socket.A=1", "Socket.B=2", "Socket.C=3", "Socket.D=4"));
}

TEST(UnitText, MayBeginWithAByteOrderMark) {
  EXPECT_THAT(settings_of("\xef\xbb\xbf[Socket]\nA=1\n"), ElementsAre("Socket.A=1"));
}

TEST(UnitText, LeavesOutWhatIsNoSetting) {
  EXPECT_THAT(settings_of("A=1\n[Socket]\nB\n=3\nC=4\n"), ElementsAre("Socket.C=4"));
  EXPECT_THAT(settings_of(""), IsEmpty());
  EXPECT_THAT(settings_of("\\"), IsEmpty());
}

TEST(UnitText, EndsAtALineThatSystemdRefuses) {
  struct Case {
    std::string_view text;
    unsigned line;
  };
  for (const auto& [text, line] :
       {Case{"[Socket]\nA=1\n[Install\nA=2\n", 3}, Case{"[Socket]\nA=1\n[\nA=2\n", 3},
        Case{"[Socket]\nA=1\n[Install] # x\nA=2\n", 3}, Case{"[Socket]\nA=1\nB=caf\xe9\nA=2\n", 3}}) {
    EXPECT_THAT(settings_of(text), ElementsAre("Socket.A=1")) << text;
    EXPECT_EQ(parse_unit_text(text).bad_line, line) << text;
  }
}

TEST(UnitText, TakesUtf8AlongButNothingLikeIt) {
  for (const std::string good :
       {"caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\xa2", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_FALSE(parse_unit_text("[A]\nB=" + good).bad_line) << good;
  }
  for (const std::string bad : {"\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\x80",
                                "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_TRUE(parse_unit_text("[A]\nB=" + bad).bad_line) << testing::PrintToString(bad);
  }
}

TEST(UnitText, TakesCommentsInAnyBytes) { EXPECT_FALSE(parse_unit_text("# caf\xe9\n[A]\n").bad_line); }

TEST(UnitBoolean, HasManyWords) {
  for (const auto* word : {"1", "yes", "Y", "true", "T", "ON"}) EXPECT_EQ(parse_unit_boolean(word), true) << word;
  for (const auto* word : {"0", "no", "N", "False", "f", "off"}) EXPECT_EQ(parse_unit_boolean(word), false) << word;
  for (const auto* word : {"", "2", "ye", "yess", "both"}) EXPECT_EQ(parse_unit_boolean(word), std::nullopt) << word;
}

}  // namespace
}  // namespace berth::system
