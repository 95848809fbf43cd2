#include "discover/haproxy.h"

#include <gmock/gmock.h>

#include "unit/discover/found.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using tests::in_words;
using tests::MemoryTree;

constexpr const char* haproxy_cfg = "/etc/haproxy/haproxy.cfg";

Discovery read_haproxy(std::map<std::string, std::string> files) {
  return HaproxyDiscoverer().read(MemoryTree(std::move(files)), {haproxy_cfg});
}
std::vector<std::string> haproxy_ports(const std::string& text) {
  return in_words(read_haproxy({{haproxy_cfg, text}}).found);
}

TEST(HaproxyDiscoverer, SaysWhereItIsWritten) {
  const auto found = read_haproxy({{haproxy_cfg, "frontend web\n  bind :80,127.0.0.1:81 name x\n"}}).found;
  const Found first{.source = "haproxy",
                    .file = haproxy_cfg,
                    .line = 2,
                    .group = "haproxy",
                    .member = "web",
                    .endpoint = Endpoint{Address::ipv4({}), Protocol::tcp, {80, 80}},
                    .raw = "bind :80"};
  auto second = first;
  second.endpoint = Endpoint{*Address::parse("127.0.0.1"), Protocol::tcp, {81, 81}};
  second.raw = "bind 127.0.0.1:81";
  EXPECT_THAT(found, ElementsAre(first, second));
}
TEST(HaproxyDiscoverer, ListensWhereSectionsDo) {
  EXPECT_THAT(
      haproxy_ports("global\n stats socket /run/x\n stats socket ipv4@:1\n\ndefaults\n bind :99\nlisten a\n bind :2\n"
                    "backend b\n bind :99\n server s 127.0.0.1:99\nresolvers r\n nameserver n 127.0.0.1:99\n"
                    "log-forward l\n bind :3\n dgram-bind :3\nring g\n server s 127.0.0.1:99\nfrontend c\n log "
                    "127.0.0.1:99 local0\n"),
      ElementsAre("0.0.0.0:1/tcp", "0.0.0.0:2/tcp", "0.0.0.0:3/tcp", "0.0.0.0:3/udp"));
}
TEST(HaproxyDiscoverer, ReadsTheOldStyle) {
  EXPECT_THAT(haproxy_ports("listen a 192.0.2.1:80\nfrontend b :81,:82\nfrontend c from d\ndefaults d\n"),
              ElementsAre("192.0.2.1:80/tcp", "0.0.0.0:81/tcp", "0.0.0.0:82/tcp"));
}
TEST(HaproxyDiscoverer, ThePeersListenIfTheMachineIsOne) {
  const std::string peers =
      "peers p\n peer a 192.0.2.1:1\n peer b 192.0.2.2:1\npeers q\n bind :2\n server b\n server c 192.0.2.3:1\n";
  EXPECT_THAT(haproxy_ports("global\n localpeer b\n" + peers), ElementsAre("192.0.2.2:1/tcp", "0.0.0.0:2/tcp"));
  EXPECT_THAT(in_words(read_haproxy({{haproxy_cfg, peers}, {"/etc/hostname", "a\n"}}).found),
              ElementsAre("192.0.2.1:1/tcp"));
  EXPECT_THAT(haproxy_ports(peers),
              testing::Each(testing::EndsWith("unresolved: the name of the local peer is not known")));
}

// Which sections are in use.

TEST(HaproxyDiscoverer, WhatIsDisabledDoesNotListen) {
  EXPECT_THAT(
      haproxy_ports("defaults a\n disabled\nfrontend b\n bind :1\nfrontend c\n enabled\n bind :2\n"
                    "defaults d\nfrontend e\n bind :3\n disabled\nfrontend f\n bind :4\nfrontend g from a\n bind :5\n"
                    "defaults h from a\nfrontend i\n bind :6\n"),
      ElementsAre("0.0.0.0:2/tcp", "0.0.0.0:4/tcp"));
}
TEST(HaproxyDiscoverer, WhatNobodyKnowsIsUnresolved) {
  EXPECT_THAT(
      haproxy_ports("frontend a\n.if feature(QUIC)\n bind quic4@:443\n.endif\n bind :443\n.if 0\n bind :1\n.endif\n"),
      ElementsAre(
          "bind quic4@:443 unresolved: the files do not say whether HAProxy obeys what follows '.if feature(QUIC)'",
          "0.0.0.0:443/tcp"));
  EXPECT_THAT(haproxy_ports("frontend a\n bind :1\n.if x\n disabled\n.endif\n"),
              ElementsAre("bind :1 unresolved: the section may be disabled"));
}
TEST(HaproxyDiscoverer, AnotherNamespaceIsAnotherMachine) {
  EXPECT_THAT(haproxy_ports("frontend a\n bind :1 namespace blue\n bind fd@3\n"),
              ElementsAre("bind :1 unresolved: it listens in the network namespace 'blue'",
                          StartsWith("bind fd@3 unresolved: ")));
}

// IPv6.

TEST(HaproxyDiscoverer, TheMachineSaysWhatEveryAddressIs) {
  const std::string text = "frontend a\n bind :::1\n bind :::2 v4v6\n bind :::3 v6only\n bind :::4 v4v6 v6only\n";
  EXPECT_THAT(haproxy_ports(text), ElementsAre("[::]:1/tcp", "[::]:2/tcp", "[::]:3/tcp v6only", "[::]:4/tcp v6only"));
  const auto machine = read_haproxy({{haproxy_cfg, text}, {"/proc/sys/net/ipv6/bindv6only", "1\n"}});
  EXPECT_THAT(in_words(machine.found),
              ElementsAre("[::]:1/tcp v6only", "[::]:2/tcp", "[::]:3/tcp v6only", "[::]:4/tcp v6only"));
}

// Variables.

TEST(HaproxyDiscoverer, VariablesOfTheFileAreReplaced) {
  EXPECT_THAT(haproxy_ports("global\n setenv A 80\n presetenv A 1\n presetenv B 81\nfrontend a\n bind :$A\n bind "
                            "\":${B}\"\n bind \"${L-:82,:83}\"\n"),
              ElementsAre("0.0.0.0:80/tcp", "0.0.0.0:81/tcp", "0.0.0.0:82/tcp", "0.0.0.0:83/tcp"));
}
TEST(HaproxyDiscoverer, OthersAreUnresolved) {
  EXPECT_THAT(
      haproxy_ports(
          "global\n setenv A 1\n unsetenv A\n.if x\n setenv B 1\n.endif\nfrontend a\n bind :$A\n bind \"$B:${C}\"\n"),
      ElementsAre("bind :$A unresolved $A", "bind $B:${C} unresolved $B $C"));
}
TEST(HaproxyDiscoverer, DebiansFileHasVariablesAndFiles) {
  const auto discovery =
      read_haproxy({{haproxy_cfg, "frontend a\n bind :$PORT\n"},
                    {"/etc/default/haproxy", "PORT=80\nEXTRAOPTS=\"-S /run/x -f /etc/haproxy/conf.d -L me\"\n"},
                    {"/etc/haproxy/conf.d/b.cfg", "peers p\n peer me 192.0.2.1:82\n"},
                    {"/etc/haproxy/conf.d/a.cfg", "frontend b\n bind :81\n"},
                    {"/etc/haproxy/conf.d/.c.cfg", "frontend c\n bind :1\n"},
                    {"/etc/haproxy/conf.d/d.off", "frontend d\n bind :2\n"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:80/tcp", "0.0.0.0:81/tcp", "192.0.2.1:82/tcp"));
  EXPECT_EQ(discovery.found.at(1).file, "/etc/haproxy/conf.d/a.cfg");
}

// What is wrong.

TEST(HaproxyDiscoverer, WhatIsWrongIsAProblemAndTheRestIsRead) {
  const auto discovery = read_haproxy({{haproxy_cfg, "frontend a\n bind\n bind 80\n bind 'x\n.endif\n bind :81"}});
  EXPECT_THAT(in_words(discovery.found), ElementsAre("0.0.0.0:81/tcp"));
  EXPECT_THAT(in_words(discovery.problems), ElementsAre("/etc/haproxy/haproxy.cfg:2: bind without an address",
                                                        "/etc/haproxy/haproxy.cfg:3: '80' has no port",
                                                        "/etc/haproxy/haproxy.cfg:4: a quote is not closed",
                                                        "/etc/haproxy/haproxy.cfg:5: '.endif' belongs to no .if"));
}
TEST(HaproxyDiscoverer, AFileThatIsNotThereIsAProblem) {
  EXPECT_THAT(in_words(read_haproxy({}).problems), ElementsAre("/etc/haproxy/haproxy.cfg:0: there is no such file"));
}

TEST(HaproxyDiscoverer, BeginsWithTheMainFile) {
  EXPECT_TRUE(HaproxyDiscoverer().recognizes("haproxy.cfg"));
  EXPECT_FALSE(HaproxyDiscoverer().recognizes("a.cfg"));
  EXPECT_THAT(HaproxyDiscoverer().usual_files(), testing::Contains(haproxy_cfg));
}

}  // namespace
}  // namespace berth::discover
