#include "core/verdict.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

#include "unit/core/written.h"

namespace berth {
namespace {

using enum Probe::Result;
using testing::ElementsAre;
using testing::IsEmpty;

enum class Seen { nobody, listening, bound, connected, draining, draining_and_listening, nat, container };

std::vector<Holder> holders_for(Seen seen) {
  switch (seen) {
    case Seen::nobody:
      return {};
    case Seen::listening:
      return {tests::listener("8080")};
    case Seen::bound:
      return {tests::nameless("8080", HolderState::bound)};
    case Seen::connected:
      return {tests::connection("8080")};
    case Seen::draining:
      return {tests::draining("8080"), tests::draining("8080")};
    case Seen::draining_and_listening:
      return {tests::draining("8080"), tests::listener("8080")};
    case Seen::nat:
    case Seen::container: {
      auto holder = tests::nameless("8080", HolderState::published);
      holder.source = seen == Seen::nat ? Source::nat : Source::container;
      return {holder};
    }
  }
  return {};
}

Verdict verdict_of(Seen seen, Probe::Result result) { return judge({}, holders_for(seen), {result, "why"}).verdict; }

// One row for each thing seen, one column for each answer of the probe.
TEST(Judge, WeighsWhatIsSeenAgainstTheProbe) {
  using enum Verdict;
  constexpr std::array results{bindable, in_use, no_address, not_permitted, failed};
  struct Row {
    Seen seen;
    std::array<Verdict, results.size()> expected;
  };
  for (const auto& [seen, expected] : {
           Row{Seen::nobody, {free, held, unknown, unknown, unknown}},
           // Under SO_REUSEADDR a server gets what was only bound, or left behind.
           Row{Seen::listening, {free, held, held, held, unknown}},
           Row{Seen::bound, {free, held, held, held, unknown}},
           Row{Seen::connected, {free, held, held, held, unknown}},
           Row{Seen::draining, {free, draining, draining, draining, unknown}},
           Row{Seen::draining_and_listening, {free, held, held, held, unknown}},
           // They take the traffic of a port that can be bound all the same.
           Row{Seen::nat, {held, held, held, held, held}},
           Row{Seen::container, {held, held, held, held, held}},
       }) {
    for (std::size_t column = 0; column < results.size(); ++column) {
      EXPECT_EQ(to_string(verdict_of(seen, results[column])), to_string(expected[column]))
          << "seen " << static_cast<int>(seen) << ", probe " << column;
    }
  }
}

TEST(Judge, AnAllocationMakesAFreePortAllocated) {
  const auto web = tests::allocation("web", "8080", Kind::fixed);
  const auto judgement = judge({&web}, {}, {});
  EXPECT_EQ(judgement.verdict, Verdict::allocated);
  EXPECT_THAT(judgement.evidence, ElementsAre(Evidence{Source::registry, "allocated to web (fixed)"}));
}

TEST(Judge, AnAllocationOutweighsEverythingButAHolder) {
  const auto web = tests::allocation("web", "8080");
  EXPECT_EQ(judge({&web}, {}, {not_permitted, "no"}).verdict, Verdict::allocated);
  EXPECT_EQ(judge({&web}, {tests::draining("8080")}, {in_use, ""}).verdict, Verdict::allocated);
  EXPECT_EQ(judge({&web}, {tests::listener("8080")}, {in_use, ""}).verdict, Verdict::held);
}

TEST(Judge, NamesEveryHolderAndEveryAllocation) {
  const auto web = tests::allocation("web", "8080");
  const auto app = tests::allocation("app", "8080", Kind::fixed);
  const auto judgement =
      judge({&web, &app}, {tests::listener("0.0.0.0:8080"), tests::connection("8080")}, {in_use, ""});
  EXPECT_THAT(judgement.evidence,
              ElementsAre(Evidence{Source::socket, "held by nginx (pid 812, unit nginx.service, 0.0.0.0)"},
                          Evidence{Source::socket, "held by " + describe(tests::connection("8080"))},
                          Evidence{Source::registry, "allocated to web (flexible)"},
                          Evidence{Source::registry, "allocated to app (fixed)"}));
}

TEST(Judge, AFreePortNeedsNoEvidence) {
  EXPECT_THAT(judge({}, {}, {}).evidence, IsEmpty());
  EXPECT_THAT(judge({}, {tests::nameless("8080", HolderState::bound)}, {}).evidence, IsEmpty());
}

TEST(Judge, SaysThatAHolderCannotBeSeen) {
  EXPECT_THAT(judge({}, {}, {in_use, ""}).evidence,
              ElementsAre(Evidence{Source::socket, "in use by something that cannot be seen"}));
}

TEST(Judge, SaysWhyItDoesNotKnow) {
  EXPECT_THAT(judge({}, {}, {no_address, "this machine has no address 10.0.0.1"}).evidence,
              ElementsAre(Evidence{Source::socket, "this machine has no address 10.0.0.1"}));
}

TEST(Heavier, OrdersTheVerdicts) {
  using enum Verdict;
  constexpr std::array ascending{free, unknown, draining, allocated, held};
  for (std::size_t light = 0; light < ascending.size(); ++light) {
    for (std::size_t heavy = light; heavy < ascending.size(); ++heavy) {
      EXPECT_EQ(heavier(ascending[light], ascending[heavy]), ascending[heavy]);
      EXPECT_EQ(heavier(ascending[heavy], ascending[light]), ascending[heavy]);
    }
  }
}

TEST(Verdict, HasAWord) {
  using enum Verdict;
  EXPECT_EQ(to_string(free), "free");
  EXPECT_EQ(to_string(held), "held");
  EXPECT_EQ(to_string(allocated), "allocated");
  EXPECT_EQ(to_string(draining), "draining");
  EXPECT_EQ(to_string(unknown), "unknown");
}

}  // namespace
}  // namespace berth
