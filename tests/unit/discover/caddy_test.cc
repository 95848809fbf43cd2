#include "discover/caddy.h"

#include <gmock/gmock.h>

#include "unit/discover/found_lines.h"
#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto path = "/etc/caddy/Caddyfile";
const std::string admin = "127.0.0.1:2019/tcp admin";

Discovery discover(const std::string& text) {
  return CaddyDiscoverer().read(tests::MemoryTree({{path, text}}), {path});
}
// Without the administration, unless the text is about it.
std::vector<std::string> sockets(const std::string& text) {
  auto lines = tests::found_lines(discover("{\n admin off\n}\n" + text));
  return lines;
}

TEST(Caddy, ANameIsHttpsHttp3AndARedirect) {
  EXPECT_THAT(sockets("a.example {\n}\n"), ElementsAre("443/tcp a.example", "443/udp a.example", "80/tcp a.example"));
}

TEST(Caddy, SitesShareTheirPorts) {
  EXPECT_THAT(sockets("a.example {\n}\nb.example {\n}\n"), ElementsAre("443/tcp", "443/udp", "80/tcp"));
}

struct Case {
  std::string text;
  std::vector<std::string> sockets;
};

TEST(Caddy, AnAddressSaysSchemeHostAndPort) {
  for (const auto& [text, lines] : std::vector<Case>{
           {"http://a.example", {"80/tcp a.example"}},
           {"http://", {"80/tcp"}},
           {":80", {"80/tcp"}},
           {":8080", {"8080/tcp"}},
           {":443", {"443/tcp", "443/udp", "80/tcp"}},
           {"https://", {"443/tcp", "443/udp", "80/tcp"}},
           {"https://:8443", {"8443/tcp", "8443/udp", "80/tcp"}},
           {"a.example:80", {"80/tcp a.example"}},
           {"http://a.example:8080", {"8080/tcp a.example"}},
           {"a.example:8443", {"8443/tcp a.example", "8443/udp a.example", "80/tcp a.example"}},
           {"a.example/path/*", {"443/tcp a.example", "443/udp a.example", "80/tcp a.example"}},
           {"*.a.example", {"443/tcp *.a.example", "443/udp *.a.example", "80/tcp *.a.example"}},
           {"localhost:9000", {"9000/tcp localhost", "9000/udp localhost", "80/tcp localhost"}},
           {"[::1]:9000", {"9000/tcp ::1", "9000/udp ::1", "80/tcp ::1"}},
           {"192.0.2.1", {"443/tcp 192.0.2.1", "443/udp 192.0.2.1", "80/tcp 192.0.2.1"}},
           {"A.Example", {"443/tcp a.example", "443/udp a.example", "80/tcp a.example"}},
           {":0", {"any"}},
       }) {
    EXPECT_EQ(sockets(text + " {\n}\n"), lines) << text;
  }
}

TEST(Caddy, OneListOfAddressesHasManyPorts) {
  EXPECT_THAT(sockets("http://a.example:8001, :8002,\n:8003 {\n}\n"),
              ElementsAre("8001/tcp a.example", "8002/tcp", "8003/tcp"));
}

TEST(Caddy, BindSaysTheAddress) {
  for (const auto& [text, lines] : std::vector<Case>{
           {"127.0.0.1", {"127.0.0.1:8080/tcp"}},
           {"127.0.0.1 ::1", {"127.0.0.1:8080/tcp", "[::1]:8080/tcp"}},
           {"[::1]", {"[::1]:8080/tcp"}},
           {"localhost", {"127.0.0.1:8080/tcp"}},
           // Go listens on both families for either.
           {"0.0.0.0", {"8080/tcp"}},
           {"::", {"8080/tcp"}},
           {"tcp4/0.0.0.0", {"0.0.0.0:8080/tcp"}},
           {"tcp6/[::]", {"[::]:8080/tcp v6only"}},
           {"tcp/127.0.0.1", {"127.0.0.1:8080/tcp"}},
           {"unix//run/caddy.sock", {}},
           {"fd/3", {}},
           {"{$ADDRESS}", {"? ADDRESS"}},
           {"{env.ADDRESS}", {"? ADDRESS"}},
           {"host.example", {"?"}},
           {"127.0.0.1 {\n  protocols h1\n }", {"127.0.0.1:8080/tcp"}},
       }) {
    EXPECT_EQ(sockets(":8080 {\n bind " + text + "\n}\n"), lines) << text;
  }
}

TEST(Caddy, ARedirectIsOnTheAddressOfItsSite) {
  EXPECT_THAT(sockets("a.example {\n bind 127.0.0.1\n}\n"),
              ElementsAre("127.0.0.1:443/tcp a.example", "127.0.0.1:443/udp a.example", "127.0.0.1:80/tcp a.example"));
}

TEST(Caddy, AServerOnTheHttpPortRedirectsToo) {
  EXPECT_THAT(sockets("a.example {\n bind 127.0.0.1\n}\n:80 {\n bind ::1\n}\n"),
              UnorderedElementsAre("127.0.0.1:443/tcp a.example", "127.0.0.1:443/udp a.example", "[::1]:80/tcp"));
}

TEST(Caddy, TheTlsDirectiveMakesHttpsOfAPort) {
  EXPECT_THAT(sockets(":8443 {\n tls internal\n}\n"), ElementsAre("8443/tcp", "8443/udp", "80/tcp"));
}

TEST(Caddy, MatchersOfHostsDoNot) {
  EXPECT_THAT(sockets(":8443 {\n @a host a.example\n respond @a hi\n}\n"), ElementsAre("8443/tcp"));
}

TEST(Caddy, OptionsMoveThePorts) {
  EXPECT_THAT(
      tests::found_lines(discover("{\n http_port 8080\n https_port 8443\n}\na.example {\n}\nhttp://b.example {\n}\n")),
      ElementsAre("8080/tcp b.example", "8443/tcp a.example", "8443/udp a.example", admin));
}

TEST(Caddy, OptionsSwitchHttpsAndRedirects) {
  const auto with = [](const std::string& options, const std::string& sites) {
    return tests::found_lines(discover("{\n admin off\n " + options + "\n}\n" + sites));
  };
  EXPECT_THAT(with("auto_https disable_redirects", "a.example {\n}\n"),
              ElementsAre("443/tcp a.example", "443/udp a.example"));
  EXPECT_THAT(with("auto_https off", "a.example {\n}\n"), ElementsAre("443/tcp a.example", "443/udp a.example"));
  EXPECT_THAT(with("auto_https off", ":443 {\n}\n"), ElementsAre("443/tcp"));
  EXPECT_THAT(with("default_bind 127.0.0.1", ":8080 {\n}\n:8081 {\n bind ::1\n}\n"),
              ElementsAre("127.0.0.1:8080/tcp", "[::1]:8081/tcp"));
  EXPECT_THAT(with("local_certs", "a.example {\n}\n"), testing::SizeIs(3));
}

TEST(Caddy, OptionsOfServersChooseTheProtocols) {
  const auto with = [](const std::string& servers) {
    return tests::found_lines(discover("{\n admin off\n" + servers + "}\nhttps://a.example {\n}\n"));
  };
  EXPECT_THAT(with(" servers {\n  protocols h1 h2\n }\n"), ElementsAre("443/tcp a.example", "80/tcp a.example"));
  EXPECT_THAT(with(" servers {\n  protocols h3\n }\n"), ElementsAre("443/udp a.example", "80/tcp a.example"));
  EXPECT_THAT(with(" servers {\n  listener_wrappers {\n   tls\n  }\n }\n"), testing::SizeIs(3));
  EXPECT_THAT(with(" servers {\n  protocols h1\n }\n servers :443 {\n  protocols h1 h3\n }\n"), testing::SizeIs(3));
  EXPECT_THAT(with(" servers :8443 {\n  protocols h1\n }\n"), testing::SizeIs(3));
}

TEST(Caddy, AListenerMayHaveProtocolsOfItsOwn) {
  EXPECT_THAT(
      sockets("https://a.example {\n bind 127.0.0.1 {\n  protocols h1 h2\n }\n bind udp/127.0.0.2 {\n  protocols h3\n "
              "}\n}\n"),
      UnorderedElementsAre("127.0.0.1:443/tcp a.example", "127.0.0.2:443/udp a.example", "127.0.0.1:80/tcp a.example"));
}

TEST(Caddy, TheAdministrationIsThereUnlessItIsOff) {
  for (const auto& [text, lines] : std::vector<Case>{
           {"", {admin}},
           {"{\n admin off\n}", {}},
           {"{\n admin :2020\n}", {"2020/tcp admin"}},
           {"{\n admin 127.0.0.1:2020 {\n  origins x\n }\n}", {"127.0.0.1:2020/tcp admin"}},
           {"{\n admin {\n  origins x\n }\n}", {admin}},
           {"{\n admin unix//run/caddy.sock\n}", {}},
           {"{\n admin localhost:{$PORT}\n}", {"? PORT admin"}},
       }) {
    EXPECT_EQ(tests::found_lines(discover(text)), lines) << text;
  }
}

TEST(Caddy, AVariableWithoutAValueIsUnresolved) {
  for (const auto& [text, lines] : std::vector<Case>{
           {"{$DOMAIN} {\n}", {"? DOMAIN"}},
           {"{$DOMAIN:a.example}:8080 {\n}", {"8080/tcp a.example", "8080/udp a.example", "80/tcp a.example"}},
           {"{$SUB}.a.example {\n}",
            {"443/tcp {$SUB}.a.example", "443/udp {$SUB}.a.example", "80/tcp {$SUB}.a.example"}},
           {"http://{$DOMAIN} {\n}", {"80/tcp {$DOMAIN}"}},
           {"https://{$DOMAIN} {\n}", {"443/tcp {$DOMAIN}", "443/udp {$DOMAIN}", "80/tcp {$DOMAIN}"}},
           {":{$PORT} {\n}", {"? PORT"}},
           {"a.example:{$A}{$B} {\n}", {"? A B"}},
           // Without a value it would be every host, and no HTTPS.
           {"{$DOMAIN}:8080 {\n}", {"8080/tcp {$DOMAIN}", "? DOMAIN"}},
           {"{$SITES}\n:80 {\n {$DIRECTIVES}\n}", {"? SITES", "? DIRECTIVES", "80/tcp"}},
       }) {
    auto found = sockets(text);
    EXPECT_THAT(found, testing::UnorderedElementsAreArray(lines)) << text;
  }
  EXPECT_THAT(tests::found_lines(discover("{\n admin off\n http_port {$HTTP}\n}\na.example {\n}\n")),
              ElementsAre("443/tcp a.example", "443/udp a.example", "? HTTP a.example"));
}

TEST(Caddy, TellsWhereItIsWritten) {
  const auto found = discover("# a\n:80 {\n}\n").found;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].source, "caddy");
  EXPECT_EQ(found[0].group, "caddy");
  EXPECT_EQ(found[0].file, path);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[0].raw, ":80");
}

TEST(Caddy, WhatIsNoAddressIsAProblem) {
  for (const std::string address : {":99999", "ftp://a.example", ":8080-8090", "a.example:b"}) {
    const auto discovery = discover(address + " {\n}\n:8080 {\n}\n");
    ASSERT_EQ(discovery.problems.size(), 1U) << address;
    EXPECT_EQ(discovery.problems[0].line, 1U);
    EXPECT_THAT(discovery.problems[0].message, HasSubstr("is no address of a site"));
    EXPECT_THAT(tests::found_lines(discovery), ElementsAre("8080/tcp", admin));
  }
}

TEST(Caddy, WhatCannotBeReadHasNoAdministration) {
  const auto discovery = CaddyDiscoverer().read(tests::MemoryTree(std::map<std::string, std::string>{}), {path});
  EXPECT_THAT(discovery.found, IsEmpty());
  EXPECT_EQ(discovery.problems.size(), 1U);
}

TEST(Caddy, RecognizesItsFiles) {
  EXPECT_TRUE(CaddyDiscoverer().recognizes("Caddyfile"));
  EXPECT_TRUE(CaddyDiscoverer().recognizes("caddy.json"));
  EXPECT_FALSE(CaddyDiscoverer().recognizes("Caddyfile.example"));
  EXPECT_THAT(CaddyDiscoverer().usual_files(), testing::Contains("/etc/caddy/Caddyfile"));
}

TEST(Caddy, ManyHostsAndAddressesAreNoWork) {
  std::string text = ":1";
  for (int index = 0; index < 3000; ++index) text += ", " + std::to_string(index) + ".example:8080";
  text += " {\n bind";
  for (int index = 0; index < 3000; ++index)
    text += " 127.0." + std::to_string(index / 250) + "." + std::to_string(index % 250 + 1);
  const auto discovery = discover(text + "\n}\n");
  ASSERT_EQ(discovery.problems.size(), 1U);
  EXPECT_EQ(discovery.problems[0].message, "there are too many listeners");
}

}  // namespace
}  // namespace berth::discover
