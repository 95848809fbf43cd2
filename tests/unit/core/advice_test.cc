#include "core/advice.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tests::allocation;
using tests::listener;

struct Question {
  std::string_view spec = "8080";
  Verdict verdict = Verdict::held;
  std::vector<Allocation> allocations = {};
  std::vector<Holder> holders = {};
  std::optional<PortRange> next = {};
};

std::vector<std::string> advice_on(const Question& question) {
  const auto endpoint = tests::endpoint(question.spec);
  return advise({endpoint, question.verdict, question.allocations, question.holders, question.next});
}

TEST(Advice, AFreePortIsThereToBeTaken) {
  EXPECT_THAT(advice_on({.spec = "127.0.0.1:53/udp", .verdict = Verdict::free}),
              ElementsAre("take it: berth register NAME 127.0.0.1:53/udp"));
}

TEST(Advice, TheLeastHarmfulWayOutComesFirst) {
  EXPECT_THAT(advice_on({.holders = {listener("8080")}, .next = PortRange{8081, 8081}}),
              ElementsAre("use another port: 8081 is available", "stop the unit: systemctl stop nginx.service",
                          "if it belongs there, record it: berth migrate --running NAME=8080"));
}

TEST(Advice, StopsAContainerByDocker) {
  auto holder = listener("8080");
  holder.container = Container{.id = "c0ffee", .name = "keycloak", .image = "", .running = true};
  EXPECT_THAT(advice_on({.holders = {holder}})[0], "stop the container: docker stop keycloak");
}

TEST(Advice, OnForeignNamesCanBeTypedIntoAShell) {
  auto holder = listener("8080");
  holder.unit = "a;$(reboot)\\x2d.service";
  EXPECT_THAT(advice_on({.holders = {holder}})[0], "stop the unit: systemctl stop 'a;$(reboot)\\x2d.service'");
  holder.unit = "--force.service";
  EXPECT_THAT(advice_on({.holders = {holder}})[0], "stop the unit: systemctl stop -- --force.service");
  holder.container = Container{.id = "c0ffee", .name = "a b\x1b[31m", .image = "", .running = true};
  EXPECT_THAT(advice_on({.holders = {holder}})[0], "stop the container: docker stop $'a b\\033[31m'");
  EXPECT_THAT(advice_on({.verdict = Verdict::allocated, .allocations = {allocation("it's `x`", "8080")}}),
              Contains(EndsWith("berth release 'it'\\''s `x`'")));
}

TEST(Advice, StopsAProcessThatIsNoServiceByItsPid) {
  auto holder = listener("8080", "node", 4711);
  for (const auto* unit : {"", "session-3.scope", "user@1000.slice"}) {
    holder.unit = unit;
    EXPECT_THAT(advice_on({.holders = {holder}})[0], "stop the process: pid 4711 (node)");
  }
}

TEST(Advice, NamesAnAllocatedPortsOwnerInsteadOfRecordingIt) {
  EXPECT_THAT(advice_on({.verdict = Verdict::allocated, .allocations = {allocation("web", "8080")}}),
              ElementsAre("if web does not need it any more: berth release web"));
  EXPECT_THAT(advice_on({.allocations = {allocation("web", "8080")}, .holders = {listener("8080")}}),
              Not(testing::Contains(HasSubstr("migrate"))));
}

TEST(Advice, WaitsForWhatOnlyPasses) {
  EXPECT_THAT(advice_on({.verdict = Verdict::draining, .holders = {tests::draining("8080")}}),
              ElementsAre("wait 42 s: a closed connection is draining"));
  EXPECT_THAT(advice_on({.holders = {tests::connection("8080")}}),
              ElementsAre("wait until the connection to 10.0.0.7:443 ends, or stop pid 99"));
}

TEST(Advice, SaysNothingTwice) {
  EXPECT_THAT(advice_on({.verdict = Verdict::draining, .holders = {tests::draining("8080"), tests::draining("8080")}}),
              testing::SizeIs(1));
}

TEST(Advice, WhatIsUnknownNeedsAnotherLook) {
  EXPECT_THAT(advice_on({.verdict = Verdict::unknown}), ElementsAre(HasSubstr("look again as root")));
}

TEST(Advice, HasNothingToSayAboutSomebodyUnseen) { EXPECT_THAT(advice_on({}), IsEmpty()); }

TEST(Advice, NamesCannotMoveTheCursor) {
  auto evil = listener("8080", "\x1b[2J");
  for (const bool in_unit : {true, false}) {
    if (!in_unit) evil.unit.clear();
    for (const auto& line : advice_on({.allocations = {allocation("a\nb", "8080")}, .holders = {evil}})) {
      EXPECT_THAT(line, Not(testing::ContainsRegex("[\x01-\x1f]")));
    }
  }
}

}  // namespace
}  // namespace berth
