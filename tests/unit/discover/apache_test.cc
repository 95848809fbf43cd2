#include "discover/apache.h"

#include <gmock/gmock.h>

#include "unit/discover/found.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using tests::in_words;
using tests::MemoryTree;

constexpr const char* apache_conf = "/etc/apache2/apache2.conf";

Discovery read_apache(std::map<std::string, std::string> files, const std::string& path = apache_conf) {
  return ApacheDiscoverer().read(MemoryTree(std::move(files)), {path});
}
std::vector<std::string> apache_ports(const std::string& text) {
  return in_words(
      read_apache({{apache_conf, "LoadModule a_module mod_a.so\n" + text}, {"/etc/apache2/envvars", "export E=90"}})
          .found);
}

TEST(ApacheDiscoverer, SaysWhereItIsWritten) {
  const Found expected{.source = "apache",
                       .file = apache_conf,
                       .line = 2,
                       .group = "apache",
                       .endpoint = Endpoint{*Address::parse("127.0.0.1"), Protocol::tcp, {443, 443}},
                       .raw = "Listen 127.0.0.1:443 https"};
  EXPECT_THAT(read_apache({{apache_conf, "\nListen 127.0.0.1:443 https\n"}}).found, ElementsAre(expected));
}

struct ApacheCase {
  const char* arguments;
  const char* expected;
};
class ApacheListen : public testing::TestWithParam<ApacheCase> {};
TEST_P(ApacheListen, IsReadAsByApache) {
  const auto discovery = read_apache({{apache_conf, std::string("Listen ") + GetParam().arguments}});
  const auto outcome = discovery.found.empty() ? in_words(discovery.problems) : in_words(discovery.found);
  EXPECT_THAT(outcome, ElementsAre(StartsWith(GetParam().expected)));
}
INSTANTIATE_TEST_SUITE_P(
    , ApacheListen,
    testing::Values(ApacheCase{"80", "80/tcp"}, ApacheCase{"*:080", "80/tcp"}, ApacheCase{"[::]:80", "[::]:80/tcp"},
                    ApacheCase{"0.0.0.0:80", "0.0.0.0:80/tcp"}, ApacheCase{"[2001:db8::1]:80", "[2001:db8::1]:80/tcp"},
                    ApacheCase{"::1:80", "[::1]:80/tcp"}, ApacheCase{"[fe80::1%eth0]:80", "[fe80::1]:80/tcp"},
                    ApacheCase{"\"81\" http", "81/tcp"},
                    ApacheCase{"localhost:80", "Listen localhost:80 unresolved: the machine looks up"},
                    ApacheCase{"${PORT}", "Listen ${PORT} unresolved $PORT"},
                    ApacheCase{"", "/etc/apache2/apache2.conf:1: Listen without a port"},
                    ApacheCase{":80", "/etc/apache2/apache2.conf:1: ':80' has no address"},
                    ApacheCase{"*", "/etc/apache2/apache2.conf:1: '*' has no port"},
                    ApacheCase{"a80", "/etc/apache2/apache2.conf:1: 'a80' has no port"},
                    ApacheCase{"0", "/etc/apache2/apache2.conf:1: '0' has no port"},
                    ApacheCase{"[::1]", "/etc/apache2/apache2.conf:1: '[::1]' has no"},
                    ApacheCase{"[x]:80", "/etc/apache2/apache2.conf:1: '[x]:80' has no IPv6"}));

TEST(ApacheDiscoverer, OnlyListenOpensAPort) {
  EXPECT_THAT(
      apache_ports(
          "Port 1\nNameVirtualHost *:2\n<VirtualHost *:3>\nServerName a:4\n</VirtualHost>\nListenBacklog 5\n#Listen 6"),
      IsEmpty());
}
TEST(ApacheDiscoverer, EveryAddressIncludesThatOfIPv4) {
  EXPECT_THAT(
      apache_ports("Listen 80\nListen 0.0.0.0:80\nListen 80\nListen [::]:81\nListen 0.0.0.0:81\nListen 0.0.0.0:82"),
      ElementsAre("80/tcp", "[::]:81/tcp", "0.0.0.0:82/tcp"));
}

// Conditions.

TEST(ApacheDiscoverer, ObeysSectionsThatHold) {
  EXPECT_THAT(apache_ports("<IfModule mod_a.c>\nListen 80\n<IfModule !b_module>\nListen 81\n</IfModule>\n</IfModule>"),
              ElementsAre("80/tcp", "81/tcp"));
}
TEST(ApacheDiscoverer, PassesOverSectionsThatDoNot) {
  EXPECT_THAT(
      apache_ports("<IfModule b_module>\nListen 80\n<IfVersion >= 2>\nListen 81\nDefine D\n</IfVersion>\n</IfModule>\n"
                   "<IfDefine D>\nListen 82\n</IfDefine>\nListen 83"),
      ElementsAre("83/tcp"));
}
TEST(ApacheDiscoverer, WhatNobodyKnowsIsUnresolved) {
  EXPECT_THAT(apache_ports("<IfVersion >= 2.4>\n<IfModule a_module>\nListen 80\n</IfModule>\n</IfVersion>"),
              ElementsAre("Listen 80 unresolved: the files do not say whether Apache obeys '<IfVersion >= 2.4>'"));
}
TEST(ApacheDiscoverer, AFileOfPortsAloneDoesNotSayWhatIsLoaded) {
  const auto discovery =
      read_apache({{"/etc/apache2/ports.conf", "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>"}},
                  "/etc/apache2/ports.conf");
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp", StartsWith("Listen 443 unresolved: ")));
}
TEST(ApacheDiscoverer, AFileMayBeACondition) {
  EXPECT_THAT(apache_ports("<IfFile apache2.conf>\nListen 80\n</IfFile>\n<IfFile /none>\nListen 81\n</IfFile>\n<IfFile "
                           "\"/etc\">\nListen 82\n</IfFile>"),
              ElementsAre("80/tcp", "82/tcp"));
}
TEST(ApacheDiscoverer, AMacroIsNotExpanded) {
  EXPECT_THAT(apache_ports("<Macro M $p>\n<VirtualHost *:$p>\n</VirtualHost>\nListen $p\n</Macro>\nUse M 80"),
              ElementsAre("Listen $p unresolved: it is part of a macro"));
}
TEST(ApacheDiscoverer, InAContainerNothingListens) {
  const auto discovery = read_apache({{apache_conf, "<VirtualHost *:80>\nListen 80\n</VirtualHost>\nListen 81"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("81/tcp"));
  EXPECT_THAT(in_words(discovery.problems),
              ElementsAre("/etc/apache2/apache2.conf:2: Listen is not allowed inside '<VirtualHost *:80>'"));
}
TEST(ApacheDiscoverer, ASectionMustBeOpenToBeClosed) {
  const auto discovery =
      read_apache({{apache_conf, "<IfModule core.c>\n</IfDefine>\nListen 80\n</IfModule>\nListen 81\n</IfModule>"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp", "81/tcp"));
  EXPECT_THAT(in_words(discovery.problems),
              ElementsAre("/etc/apache2/apache2.conf:2: '</IfDefine>' closes nothing that is open here",
                          "/etc/apache2/apache2.conf:6: '</IfModule>' closes nothing that is open here"));
}

// Variables.

TEST(ApacheDiscoverer, VariablesAreReplaced) {
  EXPECT_THAT(apache_ports("Define P 8\nListen ${P}0\nDefine Q ${P}1\nDefine P 9\nListen ${Q}\nListen ${E}"),
              ElementsAre("80/tcp", "81/tcp", "90/tcp"));
}
TEST(ApacheDiscoverer, WhatIsPerhapsDefinedIsUnknown) {
  EXPECT_THAT(apache_ports("<IfVersion 2>\nDefine P 80\n</IfVersion>\nListen ${P}"),
              ElementsAre("Listen ${P} unresolved $P"));
}

// Includes.

TEST(ApacheDiscoverer, FollowsIncludesFromTheServerRoot) {
  const auto discovery = read_apache({{apache_conf,
                                       "Include ports.conf\nIncludeOptional sites/*.conf\nIncludeOptional "
                                       "none/*\nIncludeOptional none\nServerRoot /srv\nInclude all"},
                                      {"/etc/apache2/ports.conf", "Listen 80"},
                                      {"/etc/apache2/sites/a.conf", "\nListen 81"},
                                      {"/etc/apache2/sites/b.off", "Listen 1"},
                                      {"/srv/all/deep/c", "Listen 83"},
                                      {"/srv/all/.b", "Listen 82"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp", "81/tcp", "82/tcp", "83/tcp"));
  EXPECT_EQ(discovery.found.at(1).file, "/etc/apache2/sites/a.conf");
  EXPECT_EQ(discovery.found.at(1).line, 2U);
  EXPECT_THAT(in_words(discovery.problems), IsEmpty());
}
TEST(ApacheDiscoverer, TheServerRootIsAboveConf) {
  const auto discovery = read_apache(
      {{"/usr/local/apache2/conf/httpd.conf", "Include conf/extra"}, {"/usr/local/apache2/conf/extra", "Listen 80"}},
      "/usr/local/apache2/conf/httpd.conf");
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp"));
}
TEST(ApacheDiscoverer, WhatIsIncludedIsInTheSection) {
  const auto discovery =
      read_apache({{apache_conf, "<IfVersion 2>\nInclude a\n</IfVersion>"}, {"/etc/apache2/a", "Listen 80"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre(StartsWith("Listen 80 unresolved: ")));
}
TEST(ApacheDiscoverer, AMissingFileIsAProblemAndTheRestIsRead) {
  const auto discovery = read_apache(
      {{apache_conf,
        "Include none\nInclude *.none\nInclude ${DIR}/a\nListen 80\n<IfModule a>\nListen 81\n</IfModule>"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp", StartsWith("Listen 81 unresolved")));
  EXPECT_THAT(in_words(discovery.problems),
              ElementsAre("/etc/apache2/apache2.conf:1: /etc/apache2/none: there is no such file",
                          "/etc/apache2/apache2.conf:2: '*.none' matches no file",
                          "/etc/apache2/apache2.conf:3: what it includes depends on the variable DIR"));
}
TEST(ApacheDiscoverer, AFileThatMayNotBeReadIsAProblemEvenIfOptional) {
  MemoryTree tree({{apache_conf, "IncludeOptional a"}, {"/etc/apache2/a", ""}});
  tree.refuse("/etc/apache2/a", "permission denied");
  EXPECT_THAT(in_words(ApacheDiscoverer().read(tree, {apache_conf}).problems),
              ElementsAre("/etc/apache2/apache2.conf:1: /etc/apache2/a: permission denied"));
}
TEST(ApacheDiscoverer, ALoopEnds) {
  const auto discovery =
      read_apache({{apache_conf, "Listen 80\nInclude a"}, {"/etc/apache2/a", "Include apache2.conf\nInclude a"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("80/tcp"));
  EXPECT_EQ(discovery.problems.size(), 2U);
}

TEST(ApacheDiscoverer, BeginsWithTheMainFile) {
  EXPECT_TRUE(ApacheDiscoverer().recognizes("apache2.conf"));
  EXPECT_TRUE(ApacheDiscoverer().recognizes("httpd.conf"));
  EXPECT_FALSE(ApacheDiscoverer().recognizes("ports.conf"));
  EXPECT_THAT(ApacheDiscoverer().usual_files(), testing::Contains(apache_conf));
}

}  // namespace
}  // namespace berth::discover
