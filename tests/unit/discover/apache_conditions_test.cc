#include "discover/apache_conditions.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ApacheModules, AreKnownByNameAndByFile) {
  ApacheConditions conditions;
  conditions.load_module("ssl_module", "/usr/lib/apache2/modules/mod_ssl.so", Truth::yes);
  conditions.load_module("mpm_event_module", "modules/mod_mpm_event.so", Truth::yes);
  conditions.load_module("php7_module", "/usr/lib/apache2/modules/libphp7.4.so", Truth::yes);
  for (const auto* name : {"ssl_module", "mod_ssl.c", "event.c", "mod_php7.c", "core.c", "mod_so.c"}) {
    EXPECT_EQ(conditions.is_loaded(name), Truth::yes) << name;
  }
  EXPECT_EQ(conditions.is_loaded("mod_gnutls.c"), Truth::no);
}
TEST(ApacheModules, AreUnknownBeforeAnyIsLoaded) {
  EXPECT_EQ(ApacheConditions().is_loaded("ssl_module"), Truth::unknown);
  EXPECT_EQ(ApacheConditions().is_loaded("http_core.c"), Truth::yes);
}
TEST(ApacheModules, AreUnknownWhereAFileIsMissing) {
  ApacheConditions conditions;
  conditions.load_module("a_module", "mod_a.so", Truth::yes);
  conditions.note_gap();
  EXPECT_EQ(conditions.is_loaded("a_module"), Truth::yes);
  EXPECT_EQ(conditions.is_loaded("b_module"), Truth::unknown);
}
TEST(ApacheModules, InDoubtfulSectionsAreDoubtful) {
  ApacheConditions conditions;
  conditions.load_module("a_module", "mod_a.so", Truth::unknown);
  conditions.load_module("b_module", "mod_b.so", Truth::no);
  EXPECT_EQ(conditions.is_loaded("mod_a.c"), Truth::unknown);
  EXPECT_EQ(conditions.is_loaded("mod_b.c"), Truth::no);
}

TEST(ApacheDefines, WithoutTheCommandLineOnlyWhatIsDefinedIsKnown) {
  ApacheConditions conditions;
  conditions.define("A", "1", Truth::yes);
  conditions.define("B", "1", Truth::unknown);
  EXPECT_EQ(conditions.is_defined("A"), Truth::yes);
  EXPECT_EQ(conditions.is_defined("B"), Truth::unknown);
  EXPECT_EQ(conditions.is_defined("C"), Truth::unknown);
  conditions.undefine("A", Truth::yes);
  EXPECT_EQ(conditions.is_defined("A"), Truth::unknown);
}
TEST(ApacheDefines, TheEnvironmentHasTheCommandLine) {
  ApacheConditions conditions;
  conditions.set_environment(read_assignments("export APACHE_ARGUMENTS='-DA -k x -D B'\n"));
  EXPECT_EQ(conditions.is_defined("A"), Truth::yes);
  EXPECT_EQ(conditions.is_defined("B"), Truth::yes);
  EXPECT_EQ(conditions.is_defined("C"), Truth::no);
  conditions.set_environment(read_assignments("export APACHE_ARGUMENTS=$OTHERS\n"));
  EXPECT_EQ(conditions.is_defined("C"), Truth::unknown);
}

TEST(ApacheVariables, AreReplacedByDefinitionsAndThenByTheEnvironment) {
  ApacheConditions conditions;
  conditions.set_environment({{"A", "1"}, {"B", "2"}, {"C", std::nullopt}});
  conditions.define("B", "3", Truth::yes);
  conditions.define("D", "4", Truth::unknown);
  const auto [text, unknown] = conditions.expand("${A}-${B}-${C}-${D}-${E}-${E}-${f:g}-${-$");
  EXPECT_EQ(text, "1-3-${C}-${D}-${E}-${E}-${f:g}-${-$");
  EXPECT_THAT(unknown, ElementsAre("C", "D", "E"));
}
TEST(ApacheVariables, ThatGrowAndGrowAreLeftAlone) {
  ApacheConditions conditions;
  conditions.define("A", std::string(100, 'x'), Truth::yes);
  for (int round = 0; round < 30; ++round) {
    const auto [text, unknown] = conditions.expand("${A}${A}");
    conditions.define("A", text, Truth::yes);
  }
  EXPECT_LE(conditions.expand("${A}").text.size(), 2 * longest_expansion);
}

TEST(Assignments, ArePlainOrUnknown) {
  const auto assigned = read_assignments(
      "# A=0\nA=1\nexport B=\"2 3\" # c\r\n C='$4'\nD=$A\nE=a b\nF=\"$A\"\nG=`x`\nH=\nif a; then\nI=1\nfi\nJ=2\n"
      "K=1\nunset K\nL=1\ntest a && L=2\nM =1\nif a; then N=1; fi\nO=x;P=1\nf() {\nQ=1\n}\nR=5");
  const Assignments expected{{"A", "1"},          {"B", "2 3"},        {"C", "$4"},         {"D", std::nullopt},
                             {"E", std::nullopt}, {"F", std::nullopt}, {"G", std::nullopt}, {"H", ""},
                             {"I", std::nullopt}, {"J", "2"},          {"K", std::nullopt}, {"L", std::nullopt},
                             {"O", std::nullopt}, {"Q", std::nullopt}, {"R", "5"}};
  EXPECT_EQ(assigned, expected);
}
TEST(Variables, AreNamedOnce) {
  EXPECT_THAT(variables_in("$A:${B:-80}$A$1${}$"), ElementsAre("A", "B"));
  EXPECT_THAT(variables_in("80"), IsEmpty());
}

}  // namespace
}  // namespace berth::discover
