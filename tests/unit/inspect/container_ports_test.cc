#include "inspect/container_ports.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/endpoint.h"
#include "inspect/engine_fields.h"

namespace berth::inspect {
namespace {

using testing::ElementsAre;

PortMapping mapping(const std::string& address, PortRange ports, PortRange target, Protocol protocol = Protocol::tcp) {
  return {{address_of(address), protocol, ports}, target};
}

// "published *:8080/tcp -> 10.0.0.2:80"
std::vector<std::string> told(const EngineContainer& container) {
  std::vector<std::string> lines;
  for (const auto& holder : holders_of(container)) {
    lines.push_back(std::string(to_string(holder.state)) + " " + to_string(holder.endpoint) +
                    (holder.endpoint.address.is_v6only() ? " v6only" : "") + " -> " + holder.forwards_to);
  }
  return lines;
}

EngineContainer with(std::vector<PortMapping> published, std::vector<PortMapping> configured = {}) {
  EngineContainer container;
  container.container = {"a1", "web", "nginx:1", true};
  container.address = "10.0.0.2";
  container.published = std::move(published);
  container.configured = std::move(configured);
  return container;
}

TEST(ContainerPorts, BothFamiliesAreEveryAddress) {
  EXPECT_THAT(told(with({mapping("::", {8080, 8080}, {80, 80}), mapping("0.0.0.0", {8080, 8080}, {80, 80})})),
              ElementsAre("published 8080/tcp -> 10.0.0.2:80"));
}

TEST(ContainerPorts, OneFamilyIsNotEveryAddress) {
  EXPECT_THAT(told(with({mapping("0.0.0.0", {8080, 8080}, {80, 80})})),
              ElementsAre("published 0.0.0.0:8080/tcp -> 10.0.0.2:80"));
  EXPECT_THAT(told(with({mapping("::", {8080, 8080}, {80, 80})})),
              ElementsAre("published [::]:8080/tcp v6only -> 10.0.0.2:80"));
}

TEST(ContainerPorts, FamiliesThatLeadElsewhereStayApart) {
  EXPECT_THAT(
      told(with({mapping("::", {8080, 8080}, {81, 81}), mapping("0.0.0.0", {8080, 8080}, {80, 80})})),
      ElementsAre("published 0.0.0.0:8080/tcp -> 10.0.0.2:80", "published [::]:8080/tcp v6only -> 10.0.0.2:81"));
}

TEST(ContainerPorts, NeighboursAreARange) {
  EXPECT_THAT(told(with({mapping("0.0.0.0", {9002, 9002}, {82, 82}), mapping("0.0.0.0", {9000, 9000}, {80, 80}),
                         mapping("0.0.0.0", {9001, 9001}, {81, 81}), mapping("::", {9001, 9001}, {81, 81}),
                         mapping("::", {9002, 9002}, {82, 82}), mapping("::", {9000, 9000}, {80, 80})})),
              ElementsAre("published 9000-9002/tcp -> 10.0.0.2:80-82"));
}

TEST(ContainerPorts, DoublesOfBothFamiliesAreOne) {
  EXPECT_THAT(told(with({mapping("0.0.0.0", {80, 80}, {80, 80}), mapping("0.0.0.0", {80, 80}, {80, 80}),
                         mapping("::", {80, 80}, {80, 80})})),
              ElementsAre("published 80/tcp -> 10.0.0.2:80"));
}

// With a search for each of them this would take minutes.
TEST(ContainerPorts, ThereMayBeVeryMany) {
  std::vector<PortMapping> published;
  for (Port port = 10000; port < 30000; ++port) {
    published.push_back(mapping("0.0.0.0", {port, port}, {port, port}, Protocol::udp));
    published.push_back(mapping("::", {port, port}, {port, port}, Protocol::udp));
  }
  EXPECT_THAT(told(with(published, published)), ElementsAre("published 10000-29999/udp -> 10.0.0.2:10000-29999"));
}

TEST(ContainerPorts, NeighboursThatLeadElsewhereAreNot) {
  EXPECT_THAT(
      told(with({mapping("", {9000, 9000}, {80, 80}), mapping("", {9001, 9001}, {90, 90}),
                 mapping("", {9002, 9002}, {91, 91}, Protocol::udp), mapping("127.0.0.1", {9002, 9002}, {91, 91})})),
      ElementsAre("published 9000/tcp -> 10.0.0.2:80", "published 9001/tcp -> 10.0.0.2:90",
                  "published 127.0.0.1:9002/tcp -> 10.0.0.2:91", "published 9002/udp -> 10.0.0.2:91"));
}

TEST(ContainerPorts, TheLastPortHasNoNeighbour) {
  EXPECT_THAT(told(with({mapping("", {65535, 65535}, {65535, 65535}), mapping("", {1, 1}, {1, 1})})),
              ElementsAre("published 1/tcp -> 10.0.0.2:1", "published 65535/tcp -> 10.0.0.2:65535"));
}

TEST(ContainerPorts, WhatIsPublishedIsNotToldAgain) {
  EXPECT_THAT(
      told(with({mapping("0.0.0.0", {8080, 8080}, {80, 80}), mapping("::", {8080, 8080}, {80, 80}),
                 mapping("127.0.0.1", {53, 53}, {53, 53}, Protocol::udp)},
                {mapping("", {8080, 8080}, {80, 80}), mapping("127.0.0.1", {53, 53}, {53, 53}, Protocol::udp)})),
      ElementsAre("published 8080/tcp -> 10.0.0.2:80", "published 127.0.0.1:53/udp -> 10.0.0.2:53"));
}

TEST(ContainerPorts, ABindingThatWasLeftOutIsConfigured) {
  EXPECT_THAT(told(with({mapping("0.0.0.0", {8080, 8080}, {80, 80})},
                        {mapping("", {8080, 8080}, {80, 80}), mapping("::1", {8082, 8082}, {80, 80})})),
              ElementsAre("published 0.0.0.0:8080/tcp -> 10.0.0.2:80", "configured [::1]:8082/tcp -> 10.0.0.2:80"));
}

TEST(ContainerPorts, OnePortOfARangeIsEnough) {
  EXPECT_THAT(told(with({mapping("0.0.0.0", {9103, 9103}, {80, 80})}, {mapping("", {9100, 9110}, {80, 80})})),
              ElementsAre("published 0.0.0.0:9103/tcp -> 10.0.0.2:80"));
  EXPECT_THAT(told(with({}, {mapping("", {9100, 9110}, {80, 80})})),
              ElementsAre("configured 9100-9110/tcp -> 10.0.0.2:80"));
}

TEST(ContainerPorts, AnIPv6AddressIsInBrackets) {
  auto container = with({mapping("::1", {80, 80}, {80, 80})});
  container.address = "fd00::2";
  EXPECT_THAT(told(container), ElementsAre("published [::1]:80/tcp -> [fd00::2]:80"));
}

TEST(ContainerPorts, WhatIsNotKnownIsEmpty) {
  auto container = with({mapping("", {80, 80}, {80, 80})});
  container.address.clear();
  EXPECT_THAT(told(container), ElementsAre("published 80/tcp -> "));
  container.address = "10.0.0.2";
  container.published[0].target = {0, 0};
  EXPECT_THAT(told(container), ElementsAre("published 80/tcp -> "));
}

TEST(ContainerPorts, AHolderIsNamedAfterItsContainer) {
  auto container = with({mapping("", {80, 80}, {80, 80})}, {mapping("", {81, 81}, {81, 81})});
  container.compose = Compose{"shop", "front"};
  container.since = "2026-11-22T22:28:24Z";
  container.enabled = true;
  const auto holders = holders_of(container);
  ASSERT_EQ(holders.size(), 2U);
  for (const auto& holder : holders) {
    EXPECT_EQ(holder.source, Source::container);
    EXPECT_EQ(holder.container, container.container);
    EXPECT_EQ(holder.compose, container.compose);
    EXPECT_EQ(holder.since, container.since);
  }
  EXPECT_EQ(holders[0].enabled, std::nullopt);
  EXPECT_EQ(holders[1].enabled, true);
}

}  // namespace
}  // namespace berth::inspect
