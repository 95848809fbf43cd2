#include "core/claim.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "unit/core/random_values.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::connection;
using tests::declared;
using tests::draining;
using tests::listener;
using tests::nameless;
using tests::of_container;
using tests::published;

std::vector<Claim> claims_by(std::vector<Holder> holders) {
  return claims_of({std::move(holders), {}}, tests::Scene{}.kernel);
}

// "group|member endpoint", with what is not there in brackets.
std::vector<std::string> claimed(std::vector<Holder> holders) {
  std::vector<std::string> lines;
  for (const auto& claim : claims_by(std::move(holders))) {
    auto line = claim.party.group + (claim.party.member.empty() ? "" : "|" + claim.party.member);
    line += " " + to_string(claim.endpoint);
    lines.push_back(claim.is_there ? line : "(" + line + ")");
  }
  return lines;
}

Holder of_unit(std::string_view spec, std::string_view unit, std::string_view process = "server") {
  auto holder = listener(spec, process);
  holder.unit = unit;
  return holder;
}

TEST(ClaimParty, IsTheUnitBeforeTheProgram) {
  const std::vector<std::pair<std::string, Party>> table = {
      {"nginx.service", {"nginx"}},
      {"postgresql@15-main.service", {"postgresql", "15-main"}},
      {"my.app.service", {"my.app"}},
      {"web.socket", {"web"}},
      {"session-3.scope", {"server"}},  // somebody has logged in
      {"user@1000.service", {"server"}},
      {"init.scope", {"server"}},
      {"", {"server"}},
  };
  for (const auto& [unit, party] : table) {
    EXPECT_EQ(claims_by({of_unit("8080", unit)}).at(0).party, party) << unit;
  }
}

TEST(ClaimParty, IsTheServiceThatASocketUnitStarts) {
  EXPECT_THAT(claimed({declared("7070", "web", true)}), ElementsAre("(web 7070/tcp)"));
}

TEST(ClaimParty, IsTheExecutableOfAProcessWithoutAName) {
  auto holder = nameless("8080");
  holder.exe = "/opt/gitea/gitea";
  EXPECT_EQ(claims_by({holder}).at(0).party, Party{"gitea"});
}

TEST(ClaimParty, IsTheContainerAndOfACompositionTheService) {
  auto web = published("8080", "blog-web-1");
  EXPECT_EQ(claims_by({web}).at(0).party, Party{"blog-web-1"});
  web.compose = Compose{"blog", "web"};
  EXPECT_EQ(claims_by({web}).at(0).party, (Party{"blog", "web"}));
  EXPECT_EQ(claims_by({web}).at(0).target, Port{80});
}

TEST(ClaimParty, IsNobodyOfWhatIsNotSeen) {
  EXPECT_EQ(claims_by({nameless("8080")}).at(0).party, Party{});
  // What runs in a container is not called as its program is.
  auto inside = listener("8080", "java");
  inside.container = Container{.id = "0123456789ab"};
  EXPECT_EQ(claims_by({inside}).at(0).party, Party{});
}

TEST(Claims, AreMadeByWhatIsMeantToStay) {
  EXPECT_THAT(claims_by({connection("40000"), draining("8080")}), IsEmpty());
  EXPECT_THAT(claimed({nameless("8080", HolderState::bound)}), ElementsAre(" 8080/tcp"));
  EXPECT_THAT(claimed({of_container("8080", "web", HolderState::configured)}), ElementsAre("(web 8080/tcp)"));
  EXPECT_THAT(claimed({declared("7070", "web", false)}), IsEmpty());
}

TEST(Claims, AreInTheOrderOfTheirPorts) {
  EXPECT_THAT(claimed({listener("443", "b"), listener("80/udp", "c"), listener("80", "a")}),
              ElementsAre("a 80/tcp", "c 80/udp", "b 443/tcp"));
}

TEST(Claims, SocketsOfBothFamiliesAndProtocolsAreOne) {
  EXPECT_THAT(claimed({listener("0.0.0.0:80"), listener("[::]:80")}), ElementsAre("nginx 80/tcp"));
  EXPECT_THAT(claimed({listener("53", "named"), listener("53/udp", "named")}), ElementsAre("named 53/tcp+udp"));
  EXPECT_THAT(claimed({listener("127.0.0.1:53", "named"), listener("10.0.0.1:53", "named")}),
              ElementsAre("named 53/tcp"));
  EXPECT_THAT(claimed({listener("127.0.0.1:5432", "postgres")}), ElementsAre("postgres 127.0.0.1:5432/tcp"));
}

TEST(Claims, OfTwoPartiesAreTwo) {
  EXPECT_THAT(claimed({listener("127.0.0.1:80", "a"), listener("127.0.0.2:80", "b")}),
              ElementsAre("a 127.0.0.1:80/tcp", "b 127.0.0.2:80/tcp"));
  EXPECT_THAT(claimed({listener("80"), listener("81")}), SizeIs(2));
}

// As systemd-resolved and the dnsmasq of a virtual network do.
TEST(Claims, OfOneOnSeveralAddressesLeaveOthersTheirs) {
  EXPECT_THAT(claimed({listener("127.0.0.53:53/udp", "resolved"), listener("127.0.0.54:53/udp", "resolved"),
                       listener("192.168.122.1:53/udp", "dnsmasq")}),
              ElementsAre("resolved 127.0.0.53:53/udp", "resolved 127.0.0.54:53/udp", "dnsmasq 192.168.122.1:53/udp"));
  EXPECT_THAT(claimed({listener("0.0.0.0:80", "a"), listener("[::!]:80", "b")}),
              ElementsAre("a 0.0.0.0:80/tcp", "b [::]:80/tcp"));
  EXPECT_THAT(
      claimed({listener("127.0.0.1:53", "a"), listener("127.0.0.2:53/udp", "a"), listener("127.0.0.1:53/udp", "b")}),
      ElementsAre("a 127.0.0.1:53/tcp", "a 127.0.0.2:53/udp", "b 127.0.0.1:53/udp"));
}

TEST(Claims, SayWhoAndHow) {
  EXPECT_THAT(claims_by({listener("80")}).at(0).because, HasSubstr("nginx (pid 812"));
  EXPECT_THAT(claims_by({listener("80")}).at(0).because, HasSubstr("listens there"));
  EXPECT_THAT(claims_by({published("80", "web")}).at(0).because, HasSubstr("publishes it"));
  EXPECT_THAT(claims_by({of_container("80", "web", HolderState::configured)}).at(0).because,
              HasSubstr("is configured to publish it"));
  EXPECT_THAT(claims_by({declared("80", "web", true)}).at(0).because, HasSubstr("declares it"));
}

TEST(Claims, KnowWhatIsBehindAPort) {
  const std::vector<std::pair<std::string, std::optional<Port>>> table = {
      {"10.0.0.2:80", 80},    {"[fd00::2]:80", 80}, {":8080", 8080}, {"", {}},
      {"10.0.0.2:80-82", 80}, {"x:0", {}},          {"x:65536", {}},
  };
  for (const auto& [text, target] : table) {
    auto holder = published("8080", "web");
    holder.forwards_to = text;
    EXPECT_EQ(claims_by({holder}).at(0).target, target) << text;
  }
}

TEST(SeemsRandom, APortOfTheEphemeralRangeThatFewWouldChoose) {
  const std::vector<std::pair<std::string, bool>> table = {
      {"127.0.0.1:40000", true}, {"40000/udp", true},
      {"[::1]:40000", true},     {"40000", false},  // everybody may connect: it was announced to somebody
      {"127.0.0.1:8080", false}, {"5353/udp", false},
  };
  for (const auto& [spec, random] : table) EXPECT_EQ(claims_by({listener(spec)}).at(0).seems_random, random) << spec;
}

TEST(SeemsRandom, NotWhatIsKeptForSomebodyOrAContainers) {
  auto ranges = tests::Scene{}.kernel;
  ranges.reserved = {tests::ports("40000-40010")};
  EXPECT_FALSE(claims_of({{listener("40000/udp")}, {}}, ranges).at(0).seems_random);
  EXPECT_FALSE(claims_by({published("40000/udp", "web")}).at(0).seems_random);
  ranges.ephemeral.reset();
  EXPECT_FALSE(claims_of({{listener("127.0.0.1:50000")}, {}}, ranges).at(0).seems_random);
}

TEST(SeemsRandom, NotIfOneOfItsSocketsDoesNot) {
  EXPECT_FALSE(claims_by({listener("40000/udp"), listener("40000")}).at(0).seems_random);
}

TEST(ClaimOfAFile, SaysWhereItIsWritten) {
  Found found{.source = "compose", .file = "/srv/blog/compose.yaml", .line = 7, .group = "blog", .member = "web"};
  found.endpoint = tests::endpoint("8080");
  found.target = tests::ports("80");
  found.raw = "8080:80";
  auto claim = claim_of(found);
  EXPECT_EQ(claim.party, (Party{"blog", "web"}));
  EXPECT_EQ(claim.endpoint, *found.endpoint);
  EXPECT_EQ(claim.target, Port{80});
  EXPECT_EQ(claim.because, "/srv/blog/compose.yaml:7: 8080:80");
  EXPECT_EQ(claim.source, "compose");
  EXPECT_FALSE(claim.is_there || claim.seems_random);
  found.line = 0;
  found.raw.clear();
  EXPECT_EQ(claim_of(found).because, "/srv/blog/compose.yaml");
}

// Who has a port is in exactly the claims of his own.
RC_GTEST_PROP(ClaimsProperty, CoverEverySocketAndTakeNobodyElses, ()) {
  const auto holders = *rc::gen::container<std::vector<Holder>>(tests::any_holder());
  const auto found = claims_by(holders);
  for (const auto& holder : holders) {
    if (!claims(holder)) continue;
    const auto party = claims_by({holder}).at(0).party;
    RC_ASSERT(std::ranges::any_of(
        found, [&](const Claim& claim) { return claim.party == party && overlap(claim.endpoint, holder.endpoint); }));
  }
  for (const auto& claim : found) {
    RC_ASSERT(std::ranges::any_of(holders, [&](const Holder& holder) {
      return overlap(claim.endpoint, holder.endpoint) && claims_by({holder}).size() == 1 &&
             claims_by({holder}).at(0).party == claim.party;
    }));
  }
}

// Wherever the sockets of several parties can be there together, so can their claims.
RC_GTEST_PROP(ClaimsProperty, OverlapOnlyWhereSocketsDo, ()) {
  auto holders = *rc::gen::container<std::vector<Holder>>(tests::any_holder());
  std::vector<Holder> together;
  for (auto& holder : holders) {
    const auto is_in_the_way = [&](const Holder& other) { return overlap(other.endpoint, holder.endpoint); };
    if (std::ranges::none_of(together, is_in_the_way)) together.push_back(std::move(holder));
  }
  const auto found = claims_by(together);
  for (std::size_t left = 0; left < found.size(); ++left) {
    for (std::size_t right = left + 1; right < found.size(); ++right) {
      RC_ASSERT(!overlap(found[left].endpoint, found[right].endpoint));
    }
  }
}

}  // namespace
}  // namespace berth
