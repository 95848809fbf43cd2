#include "inspect/socket_unit.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// `texts`: the main file's, and those of drop-ins.
SocketUnit unit_of(const std::string& name, const std::vector<std::string>& texts, const PortDefaults& defaults = {}) {
  system::Unit unit{name, {}, false};
  for (const auto& text : texts) unit.files.push_back({"/etc/" + name, system::parse_unit_text(text)});
  return read_socket_unit(unit, defaults);
}

// "127.0.0.1:80/tcp"; [::] has a `6` before it if it is v6-only.
std::vector<std::string> endpoints_of(const SocketUnit& unit) {
  std::vector<std::string> written;
  for (const auto& endpoint : unit.endpoints) {
    written.push_back((endpoint.address.is_v6only() ? "6" : "") + to_string(endpoint));
  }
  return written;
}

std::vector<std::string> endpoints_of(const std::string& settings, const PortDefaults& defaults = {}) {
  return endpoints_of(unit_of("x.socket", {"[Socket]\n" + settings}, defaults));
}

TEST(SocketUnit, ListensOnStreamsAndDatagrams) {
  EXPECT_THAT(endpoints_of("ListenStream=80\nListenDatagram=127.0.0.1:53\nListenStream=[::1]:443\n"),
              ElementsAre("[::]:80/tcp", "127.0.0.1:53/udp", "[::1]:443/tcp"));
}

TEST(SocketUnit, HasNoPortWhereItIsNotIp) {
  EXPECT_THAT(endpoints_of("ListenStream=/run/x\nListenStream=@x\nListenFIFO=/run/y\nListenSequentialPacket=80\n"
                           "ListenNetlink=route 1361\nListenStream=vsock::22\nListenStream=%t/x\n"),
              IsEmpty());
}

TEST(SocketUnit, ListensInItsSectionAlone) {
  EXPECT_THAT(endpoints_of("ListenStream=80\n[Service]\nListenStream=81\n[X-Socket]\nListenStream=82\n"),
              ElementsAre("[::]:80/tcp"));
}

TEST(SocketUnit, HasEachEndpointOnce) {
  EXPECT_THAT(endpoints_of("ListenStream=80\nListenStream=80\n"), ElementsAre("[::]:80/tcp"));
}

TEST(SocketUnit, ForgetsAllAtAnEmptyAssignmentOfAnyKind) {
  for (const auto* key : {"ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO", "ListenSpecial",
                          "ListenNetlink", "ListenMessageQueue", "ListenUSBFunction"}) {
    EXPECT_THAT(endpoints_of("ListenStream=80\nListenDatagram=81\n" + std::string(key) + "=\nListenStream=82\n"),
                ElementsAre("[::]:82/tcp"))
        << key;
  }
}

TEST(SocketUnit, IsChangedByDropIns) {
  const auto unit = unit_of("x.socket", {"[Socket]\nListenStream=80\n", "[Socket]\nListenStream=\nListenStream=81\n",
                                         "[Socket]\nListenStream=82\n"});
  EXPECT_THAT(endpoints_of(unit), ElementsAre("[::]:81/tcp", "[::]:82/tcp"));
}

TEST(SocketUnit, BindsIpv6AsItSays) {
  struct Case {
    std::string setting;
    bool machine;  // net.ipv6.bindv6only
    std::string expected;
  };
  for (const auto& [setting, machine, expected] :
       {Case{"", false, "[::]:80/tcp"}, Case{"", true, "6[::]:80/tcp"}, Case{"BindIPv6Only=both", true, "[::]:80/tcp"},
        Case{"BindIPv6Only=ipv6-only", false, "6[::]:80/tcp"}, Case{"BindIPv6Only=default", true, "6[::]:80/tcp"},
        Case{"BindIPv6Only=ipv6-only\nBindIPv6Only=default", false, "[::]:80/tcp"},
        Case{"BindIPv6Only=ipv6-only\nBindIPv6Only=", false, "6[::]:80/tcp"},
        Case{"BindIPv6Only=yes", false, "6[::]:80/tcp"}, Case{"BindIPv6Only=no", true, "[::]:80/tcp"}}) {
    EXPECT_THAT(endpoints_of("ListenStream=80\n" + setting, {true, machine}), ElementsAre(expected)) << setting;
    EXPECT_THAT(endpoints_of("ListenStream=[::]:80\n" + setting, {true, machine}), ElementsAre(expected)) << setting;
  }
}

TEST(SocketUnit, LeavesOtherAddressesAlone) {
  EXPECT_THAT(endpoints_of("BindIPv6Only=ipv6-only\nListenStream=0.0.0.0:80\nListenStream=[::1]:80\n"),
              ElementsAre("0.0.0.0:80/tcp", "[::1]:80/tcp"));
}

TEST(SocketUnit, BindsAPortByIpv4WhereIpv6IsMissing) {
  EXPECT_THAT(endpoints_of("ListenStream=80\nBindIPv6Only=ipv6-only\n", {false, false}), ElementsAre("0.0.0.0:80/tcp"));
}

TEST(SocketUnit, OfAnotherProtocolHasNoPort) {
  for (const auto* protocol : {"udplite", "sctp"}) {
    EXPECT_THAT(endpoints_of("ListenStream=80\nSocketProtocol=" + std::string(protocol)), IsEmpty()) << protocol;
  }
  EXPECT_THAT(endpoints_of("ListenStream=80\nSocketProtocol=mptcp"), ElementsAre("[::]:80/tcp"));
}

TEST(SocketUnit, WithANetworkOfItsOwnHasNoPortHere) {
  EXPECT_THAT(endpoints_of("ListenStream=80\nPrivateNetwork=yes\n"), IsEmpty());
  EXPECT_THAT(endpoints_of("ListenStream=80\nNetworkNamespacePath=/run/netns/x\n"), IsEmpty());
  EXPECT_THAT(endpoints_of("ListenStream=80\nNetworkNamespacePath=/run/netns/x\nNetworkNamespacePath=\n"),
              ElementsAre("[::]:80/tcp"));
}

TEST(SocketUnit, TakesPortsFromItsName) {
  EXPECT_THAT(endpoints_of(unit_of("x-7080@7090.socket", {"[Socket]\nListenStream=%i\nListenDatagram=127.0.0.1:%j\n"})),
              ElementsAre("[::]:7090/tcp", "127.0.0.1:7080/udp"));
}

TEST(SocketUnit, ActivatesAService) {
  struct Case {
    std::string name;
    std::string settings;
    std::string service;
  };
  for (const auto& [name, settings, service] :
       {Case{"x.socket", "", "x.service"}, Case{"x@1.socket", "", "x@1.service"},
        Case{"x.socket", "Accept=yes\n", "x@.service"}, Case{"x@1.socket", "Accept=true\n", "x@.service"},
        Case{"x.socket", "Accept=yes\nAccept=no\n", "x.service"}, Case{"x.socket", "Service=y.service\n", "y.service"},
        Case{"x@1.socket", "Service=%p-%i.service\n", "x-1.service"},
        Case{"x.socket", "Service=y.service\nService=z.target\nService=\n", "y.service"},
        Case{"x.socket", "Service=y@.service\n", "x.service"}, Case{"x.socket", "Service=y-%H.service\n", ""}}) {
    EXPECT_EQ(unit_of(name, {"[Socket]\nListenStream=80\n" + settings}).activates, service) << name << "\n" << settings;
  }
}

TEST(SocketUnit, WithAServiceForEachConnectionAndAnotherOneIsRefused) {
  EXPECT_THAT(endpoints_of("ListenStream=80\nAccept=yes\nService=y.service\n"), IsEmpty());
}

TEST(SocketUnit, WithAServiceForEachConnectionWhereThereAreNoneIsRefused) {
  for (const auto* listen :
       {"ListenDatagram=81", "ListenDatagram=/run/x", "ListenDatagram=%t/x", "ListenFIFO=/run/x"}) {
    const std::string settings = "ListenStream=80\nAccept=yes\n" + std::string(listen) + "\n";
    EXPECT_THAT(endpoints_of(settings), IsEmpty()) << listen;
    EXPECT_THAT(endpoints_of(settings + "ListenStream=\nListenStream=80"), ElementsAre("[::]:80/tcp")) << listen;
  }
}

TEST(SocketUnit, TellsWhatItDoesNotUnderstand) {
  const auto unit = unit_of("x.socket", {"[Socket]\nListenStream=web\n\nListenDatagram=80%m\nListenStream=81\n"});
  EXPECT_THAT(endpoints_of(unit), ElementsAre("[::]:81/tcp"));
  ASSERT_EQ(unit.doubtful.size(), 2U);
  EXPECT_EQ(unit.doubtful[0].line, 2U);
  EXPECT_FALSE(unit.doubtful[0].hides_port);
  EXPECT_EQ(unit.doubtful[1].line, 4U);
  EXPECT_TRUE(unit.doubtful[1].hides_port);
  EXPECT_EQ(unit.doubtful[1].protocol, Protocol::udp);
}

TEST(SocketUnit, ForgetsItsDoubtsWithTheRest) {
  EXPECT_THAT(unit_of("x.socket", {"[Socket]\nListenStream=%H\nListenStream=\n"}).doubtful, IsEmpty());
}

TEST(SocketUnit, IsRefusedForABrokenMainFileAlone) {
  const auto refused = unit_of("x.socket", {"[Socket]\nListenStream=80\n[Install\n"});
  EXPECT_THAT(refused.endpoints, IsEmpty());
  ASSERT_EQ(refused.doubtful.size(), 1U);
  EXPECT_EQ(refused.doubtful[0].line, 3U);
  EXPECT_FALSE(refused.doubtful[0].hides_port);
  EXPECT_THAT(endpoints_of(unit_of("x.socket", {"[Socket]\nListenStream=80\n",
                                                "[Socket]\nListenStream=81\n[Install\n[Socket]\nListenStream=82\n"})),
              ElementsAre("[::]:80/tcp", "[::]:81/tcp"));
}

}  // namespace
}  // namespace berth::inspect
