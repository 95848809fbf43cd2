#include "system/unit_name.h"

#include <gmock/gmock.h>

#include <string>

namespace berth::system {
namespace {

using testing::ElementsAre;

TEST(UnitName, OfAPlainUnit) {
  const auto name = parse_unit_name("dbus-1.socket");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->prefix, "dbus-1");
  EXPECT_EQ(name->type, "socket");
  EXPECT_FALSE(name->is_template());
  EXPECT_FALSE(name->is_instance());
}

TEST(UnitName, OfATemplate) {
  const auto name = parse_unit_name("x@.socket");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->prefix, "x");
  EXPECT_TRUE(name->is_template());
  EXPECT_EQ(with_instance(*name, "7"), "x@7.socket");
}

TEST(UnitName, OfAnInstance) {
  const auto name = parse_unit_name("x@a@b.c.service");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->prefix, "x");
  EXPECT_EQ(name->instance, "a@b.c");
  EXPECT_TRUE(name->is_instance());
  EXPECT_EQ(with_instance(*name, ""), "x@.service");
}

TEST(UnitName, IsRefusedAsSystemdDoes) {
  for (const std::string name : {"", "socket", ".socket", "x.", "x.conf", "@.socket", "@1.socket", "a b.socket",
                                 "a/b.socket", "caf\xc3\xa9.socket"}) {
    EXPECT_FALSE(parse_unit_name(name)) << name;
  }
  EXPECT_TRUE(parse_unit_name(std::string(248, 'x') + ".socket"));
  EXPECT_FALSE(parse_unit_name(std::string(249, 'x') + ".socket"));
}

TEST(UnitName, HasDropInsOfItsTemplateAndOfItsPrefixes) {
  EXPECT_THAT(drop_in_names("a.socket"), ElementsAre("a.socket"));
  EXPECT_THAT(drop_in_names("a-b-c.socket"), ElementsAre("a-b-c.socket", "a-b-.socket", "a-.socket"));
  EXPECT_THAT(drop_in_names("a-b-.socket"), ElementsAre("a-b-.socket", "a-.socket"));
  EXPECT_THAT(drop_in_names("x@7.socket"), ElementsAre("x@7.socket", "x@.socket"));
  EXPECT_THAT(drop_in_names("a-b@7.socket"),
              ElementsAre("a-b@7.socket", "a-b@.socket", "a-.socket", "a-@7.socket", "a-@.socket"));
  EXPECT_THAT(drop_in_names("-a.socket"), ElementsAre("-a.socket"));
  EXPECT_THAT(drop_in_names("a--b.socket"), ElementsAre("a--b.socket", "a--.socket", "a-.socket"));
}

TEST(UnitName, IsUnescaped) {
  EXPECT_EQ(unescape_unit_name("var-lib\\x2dnew-\\x41"), "var/lib-new/A");
  EXPECT_EQ(unescape_unit_name("\\x4"), "\\x4");
  EXPECT_EQ(unescape_unit_name("\\xzz"), "\\xzz");
}

TEST(Specifiers, StandForTheName) {
  struct Case {
    std::string value;
    std::string expanded;
  };
  for (const auto& [value, expanded] :
       {Case{"%n", "a-b\\x2dc@7-x.socket"}, Case{"%N", "a-b\\x2dc@7-x"}, Case{"%p", "a-b\\x2dc"}, Case{"%P", "a/b-c"},
        Case{"%i", "7-x"}, Case{"%I", "7/x"}, Case{"%j", "b\\x2dc"}, Case{"%J", "b-c"}, Case{"80%%", "80%"},
        Case{"127.0.0.1:%i%i", "127.0.0.1:7-x7-x"}}) {
    EXPECT_EQ(expand_specifiers(value, "a-b\\x2dc@7-x.socket"), expanded) << value;
  }
}

TEST(Specifiers, OfAPlainUnitHaveNoInstance) { EXPECT_EQ(expand_specifiers("<%i%I>", "a.socket"), "<>"); }

TEST(Specifiers, OfTheSystemAreNotKnown) {
  for (const auto* value : {"%H", "80%m", "%t/x", "%l:80"}) EXPECT_FALSE(expand_specifiers(value, "a.socket")) << value;
}

TEST(Specifiers, ThatAreNoneStay) {
  EXPECT_EQ(expand_specifiers("[fe80::1]:80%e0", "a.socket"), "[fe80::1]:80%e0");
  EXPECT_EQ(expand_specifiers("80%", "a.socket"), "80%");
}

}  // namespace
}  // namespace berth::system
