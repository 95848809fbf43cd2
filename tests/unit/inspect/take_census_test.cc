#include "inspect/take_census.h"

#include <gmock/gmock.h>

#include <latch>
#include <memory>
#include <string>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class Fixed : public Inspector {
 public:
  explicit Fixed(Census census, bool waits = false) : census_(std::move(census)), waits_(waits) {}
  bool may_wait() const override { return waits_; }
  Census inspect(const Question& /*question*/) override { return census_; }

 private:
  Census census_;
  bool waits_;
};

// Remembers what it was asked.
class Asked : public Inspector {
 public:
  Asked(std::vector<Question>& questions, bool present) : questions_(questions), present_(present) {}
  bool is_present() const override { return present_; }
  Census inspect(const Question& question) override {
    questions_.push_back(question);
    return {};
  }

 private:
  std::vector<Question>& questions_;
  bool present_;
};

// Is asked by the other thread while it is itself waiting.
class Meeting : public Inspector {
 public:
  Meeting(std::latch& latch, bool waits) : latch_(latch), waits_(waits) {}
  bool may_wait() const override { return waits_; }
  Census inspect(const Question& /*question*/) override {
    latch_.arrive_and_wait();
    return {};
  }

 private:
  std::latch& latch_;
  bool waits_;
};

Holder held_by(std::string process) {
  Holder holder;
  holder.process = std::move(process);
  return holder;
}

constexpr Question everything{.sources = Sources::all};

TEST(TakeCensus, PutsAllAnswersTogetherInTheOrderOfTheInspectors) {
  Inspectors inspectors;
  inspectors.push_back(std::make_unique<Fixed>(Census{{held_by("a"), held_by("b")}, {}}, true));
  inspectors.push_back(std::make_unique<Fixed>(Census{{}, {{"container", "no socket"}}}));
  inspectors.push_back(std::make_unique<Fixed>(Census{{held_by("c")}, {{"nat", "not root"}}}));
  const auto census = take_census(inspectors, everything);
  EXPECT_THAT(census.holders,
              ElementsAre(Field(&Holder::process, "a"), Field(&Holder::process, "b"), Field(&Holder::process, "c")));
  EXPECT_THAT(census.blind_spots, ElementsAre(BlindSpot{"container", "no socket"}, BlindSpot{"nat", "not root"}));
}

TEST(TakeCensus, PutsEveryPartOfAnAnswerTogether) {
  Census part{{held_by("a")}, {{"nat", "why"}}};
  part.elsewhere = {held_by("b")};
  part.containers = {{.container = {.id = "c"}}};
  part.answered = {Source::nat};
  Inspectors inspectors;
  for (int count = 0; count < 2; ++count) inspectors.push_back(std::make_unique<Fixed>(part));
  const auto census = take_census(inspectors, everything);
  EXPECT_EQ(census.holders.size(), 2U);
  EXPECT_EQ(census.blind_spots.size(), 2U);
  EXPECT_EQ(census.elsewhere.size(), 2U);
  EXPECT_EQ(census.containers.size(), 2U);
  EXPECT_EQ(census.answered.size(), 2U);
}

TEST(TakeCensus, AsksEverybodyTheSame) {
  std::vector<Question> asked;
  Inspectors inspectors;
  for (int count = 0; count < 2; ++count) inspectors.push_back(std::make_unique<Asked>(asked, true));
  take_census(inspectors, {.listeners_only = true, .owners = true, .sources = Sources::all});
  ASSERT_EQ(asked.size(), 2U);
  for (const auto& question : asked) {
    EXPECT_TRUE(question.listeners_only);
    EXPECT_TRUE(question.owners);
  }
}

TEST(TakeCensus, DoesNotAskWhoHasNothingToSayToTheQuestion) {
  std::vector<Question> asked;
  Inspectors inspectors;
  inspectors.push_back(std::make_unique<Asked>(asked, true));
  take_census(inspectors, {.sources = Sources::sockets});
  EXPECT_THAT(asked, IsEmpty());
  take_census(inspectors, {.sources = Sources::hidden});
  EXPECT_EQ(asked.size(), 1U);
}

TEST(TakeCensus, DoesNotAskWhoIsNotThere) {
  std::vector<Question> asked;
  Inspectors inspectors;
  inspectors.push_back(std::make_unique<Asked>(asked, false));
  take_census(inspectors, everything);
  EXPECT_THAT(asked, IsEmpty());
}

TEST(TakeCensus, OthersWorkWhileSomebodyWaits) {
  std::latch latch(3);
  Inspectors inspectors;
  for (const bool waits : {true, true, false}) inspectors.push_back(std::make_unique<Meeting>(latch, waits));
  take_census(inspectors, everything);
}

TEST(TakeCensus, NamesAreCompletedOutOfEachOther) {
  auto socket = held_by("httpd");
  socket.container = Container{.id = "abc"};
  Census engine;
  engine.containers = {{.container = {.id = "abc", .name = "web"}}};
  Inspectors inspectors;
  inspectors.push_back(std::make_unique<Fixed>(Census{{socket}, {}}));
  inspectors.push_back(std::make_unique<Fixed>(engine));
  EXPECT_EQ(take_census(inspectors, everything).holders.at(0).container->name, "web");
}

TEST(TakeCensus, WithoutInspectorsThereIsNothing) {
  const auto census = take_census({}, {});
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

}  // namespace
}  // namespace berth::inspect
