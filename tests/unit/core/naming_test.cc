#include "core/naming.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "unit/core/written.h"

namespace berth {

inline void showValue(const Claim& claim, std::ostream& out) {
  out << quote(claim.party.group) << "|" << quote(claim.party.member) << " " << to_string(claim.endpoint);
}

namespace {

using testing::ElementsAre;

Claim wanted(Party party, std::string_view spec, std::optional<Port> target = {}) {
  return {.party = std::move(party), .endpoint = tests::endpoint(spec), .target = target};
}

// The names of all, one after the other; `taken`: those that somebody has already.
std::vector<std::string> names(const std::vector<Claim>& claims, std::set<std::string, std::less<>> taken = {}) {
  const Naming naming(claims, [](std::size_t) { return true; });
  std::vector<std::string> made;
  for (const auto& each : claims) {
    made.push_back(naming.name(each, [&](std::string_view name) { return taken.contains(name); }));
    taken.insert(made.back());
  }
  return made;
}

TEST(ServiceWord, HasOnlyWhatANameMayHave) {
  const std::string longest(63, 'a');
  const std::vector<std::pair<std::string, std::string>> table = {
      {"gitea", "gitea"},
      {"my app", "my-app"},
      {"a  /  b", "a-b"},
      {"My_App-1.2", "My_App-1.2"},
      {"-.leading", "leading"},
      {"trailing -", "trailing"},
      {"(sd-pam)", "sd-pam"},
      {"caf\xc3\xa9 bar", "caf-bar"},
      {std::string("nul\0byte", 8), "nul-byte"},
      {"", ""},
      {"---", ""},
      {"\xe6\x97\xa5\xe6\x9c\xac", ""},
      {longest + "a", longest},
      {std::string(62, 'a') + " b", std::string(62, 'a')},
  };
  for (const auto& [text, word] : table) EXPECT_EQ(service_word(text), word) << text;
}

TEST(Naming, AGroupWithOneMemberBearsItsOwnName) {
  EXPECT_THAT(names({wanted({"gitea", "server"}, "3000")}), ElementsAre("gitea"));
  EXPECT_THAT(names({wanted({"nginx"}, "80")}), ElementsAre("nginx"));
}

TEST(Naming, OfSeveralMembersEachHasItsOwn) {
  EXPECT_THAT(names({wanted({"blog", "web"}, "80"), wanted({"blog", "db"}, "5432")}),
              ElementsAre("blog/web", "blog/db"));
}

TEST(Naming, AMemberThatIsCalledAsItsGroupBearsThatNameAlone) {
  EXPECT_THAT(names({wanted({"gitea", "gitea"}, "3000"), wanted({"gitea", "db"}, "5432")}),
              ElementsAre("gitea", "gitea/db"));
}

TEST(Naming, AFurtherPortHasThePortBehindIt) {
  EXPECT_THAT(names({wanted({"gitea", "server"}, "3000", 3000), wanted({"gitea", "server"}, "2222", 22)}),
              ElementsAre("gitea", "gitea/22"));
  EXPECT_THAT(
      names({wanted({"blog", "web"}, "80", 80), wanted({"blog", "web"}, "9001", 9000), wanted({"blog", "db"}, "1")}),
      ElementsAre("blog/web", "blog/web-9000", "blog/db"));
}

TEST(Naming, WithoutAPortBehindItIsThePortItself) {
  EXPECT_THAT(names({wanted({"nginx"}, "80"), wanted({"nginx"}, "443")}), ElementsAre("nginx", "nginx/443"));
  EXPECT_THAT(names({wanted({"web"}, "80", 80), wanted({"web"}, "81", 80), wanted({"web"}, "82", 80)}),
              ElementsAre("web", "web/80", "web/82"));
}

TEST(Naming, TheMainPortIsTheFirstThatIsDeclaredAndElseTheLowest) {
  const auto declared = [](std::string_view spec, std::size_t place, std::optional<Port> target = {}) {
    auto claim = wanted({"web"}, spec, target);
    claim.place = place;
    return claim;
  };
  const std::pair<std::vector<Claim>, std::string_view> table[] = {
      {{wanted({"web"}, "443"), wanted({"web"}, "80")}, "80/tcp"},
      {{declared("443", 3), declared("80", 7)}, "443/tcp"},
      {{wanted({"web"}, "80"), declared("443", 3)}, "443/tcp"},
      {{wanted({"web"}, "1900/udp"), wanted({"web"}, "8096")}, "8096/tcp"},
      {{wanted({"web"}, "1900/udp"), wanted({"web"}, "53/tcp+udp")}, "53/tcp+udp"},
      {{declared("51820/udp", 1), declared("51821", 2)}, "51820/udp"},
      {{wanted({"web"}, "22"), wanted({"web"}, "3000")}, "3000/tcp"},
      {{wanted({"web"}, "2222"), wanted({"web"}, "3000")}, "3000/tcp"},
      {{wanted({"web"}, "2222", 80), wanted({"web"}, "3000")}, "2222/tcp"},
      {{declared("222", 1, 22), declared("3000", 2, 3000)}, "3000/tcp"},
      {{wanted({"web"}, "22")}, "22/tcp"},
  };
  for (const auto& [claims, main] : table) {
    const auto made = names(claims);
    for (std::size_t index = 0; index < claims.size(); ++index) {
      EXPECT_EQ(made[index] == "web", to_string(claims[index].endpoint) == main) << to_string(claims[index].endpoint);
    }
  }
}

TEST(Naming, ThePartysNameIsKeptForItsMainPort) {
  const std::vector<Claim> claims{wanted({"web"}, "80"), wanted({"web"}, "443")};
  const auto nobody = [](std::string_view) { return false; };
  EXPECT_EQ(Naming(claims, [](std::size_t) { return true; }).name(claims[1], nobody), "web/443");
  // Unless that is not going to be named.
  EXPECT_EQ(Naming(claims, [](std::size_t index) { return index == 1; }).name(claims[1], nobody), "web");
}

TEST(Naming, ThenNumbersAreCounted) {
  EXPECT_THAT(names({wanted({"web"}, "127.0.0.1:80"), wanted({"web"}, "127.0.0.2:80"), wanted({"web"}, "127.0.0.3:80"),
                     wanted({"web"}, "127.0.0.4:80")}),
              ElementsAre("web", "web/80", "web/80-2", "web/80-3"));
}

TEST(Naming, WhatIsTakenIsNotGivenAgain) {
  EXPECT_THAT(names({wanted({"web"}, "8080", 80)}, {"web", "web/80"}), ElementsAre("web/8080"));
}

TEST(Naming, TwoGroupsMayBecomeOneWord) {
  EXPECT_THAT(names({wanted({"my app"}, "80"), wanted({"my-app"}, "81")}), ElementsAre("my-app", "my-app/81"));
}

TEST(Naming, NobodyHasNoName) {
  EXPECT_THAT(names({wanted({}, "80")}), ElementsAre(""));
  EXPECT_THAT(names({wanted({"---"}, "80")}), ElementsAre(""));
}

TEST(Naming, LongNamesAreCutSoThatTheRestFits) {
  const std::string longest(63, 'a');
  const auto twin = std::string(62, 'a') + "c";
  const auto made = names({wanted({longest, twin}, "127.0.0.1:65535"), wanted({longest, "b"}, "1"),
                           wanted({longest, twin}, "127.0.0.2:65535"), wanted({longest, twin}, "127.0.0.3:65535")});
  EXPECT_EQ(made[2], longest + "/" + std::string(57, 'a') + "-65535");
  for (const auto& name : made) EXPECT_TRUE(check_service_name(name)) << name;
}

rc::Gen<std::string> any_word() {
  const auto text = rc::gen::container<std::string>(rc::gen::element('a', 'B', '0', '.', '-', '/', ' ', '\0', '\xc3'));
  const auto exact = rc::gen::map(rc::gen::inRange(60, 66), [](int size) { return std::string(size_t(size), 'a'); });
  return rc::gen::oneOf(text, exact, rc::gen::element<std::string>("", "web", "db", "web-80"));
}

RC_GTEST_PROP(NamingProperty, NamesAreValidAndUniqueAndTheSameEachTime, ()) {
  const auto claims = *rc::gen::container<std::vector<Claim>>(rc::gen::exec([] {
    const auto target = *rc::gen::element<std::optional<Port>>(std::nullopt, Port{80}, Port{443});
    return wanted({*any_word(), *any_word()}, *rc::gen::element<std::string>("80", "81", "127.0.0.1:80"), target);
  }));
  const auto made = names(claims);
  RC_ASSERT(made == names(claims));
  std::set<std::string> seen;
  for (std::size_t index = 0; index < made.size(); ++index) {
    const auto& [group, member] = claims[index].party;
    RC_ASSERT(made[index].empty() == (service_word(group).empty() && service_word(member).empty()));
    if (made[index].empty()) continue;
    RC_ASSERT(check_service_name(made[index]).has_value());
    RC_ASSERT(seen.insert(made[index]).second);
  }
}

}  // namespace

}  // namespace berth
