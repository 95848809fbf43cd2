#include "inspect/nat_holders.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace berth::inspect {
namespace {

using system::AddressSpan;
using system::IpBytes;
using system::IpFamily;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr IpBytes target{10, 0, 0, 2};

Taken taken(Ports tcp, Ports udp = {}, IpFamily family = IpFamily::ipv4) {
  Taken one{.traffic = Traffic::all(family), .to = {}};
  one.traffic.tcp = std::move(tcp);
  one.traffic.udp = std::move(udp);
  one.to.first_address = target;
  one.to.ports = system::PortSpan{80, 80};
  return one;
}

Taken redirected(Ports tcp, std::optional<std::uint16_t> to, IpFamily family = IpFamily::ipv4) {
  auto one = taken(std::move(tcp), {}, family);
  one.to = {};
  if (to) one.to.ports = system::PortSpan{*to, *to};
  one.to.to_this_machine = true;
  return one;
}

Taken addressed(IpBytes first, IpBytes last) {
  auto one = taken(Ports({{80, 80}}));
  one.traffic.addresses = Addresses({{number_of(first, IpFamily::ipv4), number_of(last, IpFamily::ipv4)}});
  one.traffic.is_addressed = true;
  return one;
}

const std::vector<AddressSpan> own{{IpFamily::ipv4, {127}, {127, 255, 255, 255}},
                                   {IpFamily::ipv4, {192, 0, 2, 1}, {192, 0, 2, 1}},
                                   {IpFamily::ipv4, {192, 0, 2, 9}, {192, 0, 2, 9}}};

std::vector<std::string> lines(const std::vector<Taken>& all) {
  std::vector<std::string> result;
  for (const auto& holder : holders_of(all, own).holders) {
    result.push_back(to_string(holder.endpoint) + " -> " + holder.forwards_to);
  }
  return result;
}

TEST(NatHolders, APublishedPort) {
  const auto holders = holders_of({taken(Ports({{8080, 8080}}))}, {}).holders;
  ASSERT_THAT(holders, SizeIs(1));
  EXPECT_EQ(holders[0].source, Source::nat);
  EXPECT_EQ(holders[0].state, HolderState::published);
  EXPECT_EQ(holders[0].forwards_to, "10.0.0.2:80");
  EXPECT_EQ(holders[0].process, "");
}

TEST(NatHolders, BothProtocolsAreOne) {
  EXPECT_THAT(lines({taken(Ports({{53, 53}}), Ports({{53, 53}}))}), ElementsAre("0.0.0.0:53/tcp+udp -> 10.0.0.2:80"));
}

TEST(NatHolders, BothFamiliesAreOne) {
  EXPECT_THAT(lines({redirected(Ports({{53, 53}}), 1), redirected(Ports({{53, 53}}), 1, IpFamily::ipv6)}),
              ElementsAre("53/tcp -> :1"));
}

TEST(NatHolders, WhatIsThereTwiceIsThereOnce) {
  const auto one = taken(Ports({{53, 53}}));
  EXPECT_THAT(lines({one, one, one}), SizeIs(1));
}

TEST(NatHolders, TwoTargetsAreTwo) {
  auto other = taken(Ports({{53, 53}}));
  other.to.first_address = IpBytes{10, 0, 0, 3};
  EXPECT_THAT(lines({other, taken(Ports({{53, 53}}))}),
              ElementsAre("0.0.0.0:53/tcp -> 10.0.0.2:80", "0.0.0.0:53/tcp -> 10.0.0.3:80"));
}

TEST(NatHolders, AnAddressOfItsOwn) {
  EXPECT_THAT(lines({addressed({192, 0, 2, 1}, {192, 0, 2, 1})}), ElementsAre("192.0.2.1:80/tcp -> 10.0.0.2:80"));
  EXPECT_THAT(lines({addressed({127, 0, 0, 53}, {127, 0, 0, 53})}), ElementsAre("127.0.0.53:80/tcp -> 10.0.0.2:80"));
}

TEST(NatHolders, AnAddressElsewhereIsNone) {
  EXPECT_THAT(lines({addressed({198, 51, 100, 1}, {198, 51, 100, 1})}), IsEmpty());
}

TEST(NatHolders, ThoseOfANetworkThatAreItsOwn) {
  EXPECT_THAT(lines({addressed({192, 0, 2, 0}, {192, 0, 2, 255})}),
              ElementsAre("192.0.2.1:80/tcp -> 10.0.0.2:80", "192.0.2.9:80/tcp -> 10.0.0.2:80"));
}

TEST(NatHolders, MoreThanCanBeListedAreAll) {
  EXPECT_THAT(lines({addressed({127, 0, 0, 0}, {127, 0, 0, 255})}), ElementsAre("0.0.0.0:80/tcp -> 10.0.0.2:80"));
}

TEST(NatHolders, WithoutAPortItStays) {
  auto one = taken(Ports({{80, 80}, {90, 99}}));
  one.to.ports.reset();
  EXPECT_THAT(lines({one}), ElementsAre("0.0.0.0:80/tcp -> 10.0.0.2:80", "0.0.0.0:90-99/tcp -> 10.0.0.2:90-99"));
}

TEST(NatHolders, WhatIsNotKnownIsNotNamed) {
  auto one = taken(Ports({{80, 80}}));
  one.to = {};
  EXPECT_THAT(lines({one}), ElementsAre("0.0.0.0:80/tcp -> "));
  one.to.first_address = target;
  one.to.port_is_unknown = true;
  EXPECT_THAT(lines({one}), ElementsAre("0.0.0.0:80/tcp -> 10.0.0.2"));
}

TEST(NatHolders, ARedirectToItselfTakesNothing) {
  EXPECT_THAT(lines({redirected(Ports({{53, 53}}), std::nullopt)}), IsEmpty());
  EXPECT_THAT(lines({redirected(Ports({{53, 53}}), 53)}), IsEmpty());
  EXPECT_THAT(lines({redirected(Ports({{53, 54}}), 53)}), ElementsAre("0.0.0.0:54/tcp -> :53"));
}

TEST(NatHolders, MostPortsAreHeldAgainstNone) {
  const auto census = holders_of({taken(every_port(), every_port()), taken(every_port())}, {});
  EXPECT_THAT(census.holders, IsEmpty());
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_EQ(census.blind_spots[0].source, "nat");
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
}

TEST(NatHolders, PortsThatCannotBeToldMayBeAny) {
  auto one = taken(every_port());
  one.traffic.unread = "odd";
  const auto census = holders_of({one}, {});
  EXPECT_THAT(census.holders, IsEmpty());
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
}

TEST(NatHolders, EveryPortOfAnotherMachineIsNothing) {
  auto one = addressed({198, 51, 100, 1}, {198, 51, 100, 1});
  one.traffic.tcp = every_port();
  const auto census = holders_of({one}, own);
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

}  // namespace
}  // namespace berth::inspect
