#include "inspect/take_census.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class Fixed : public Inspector {
 public:
  Fixed(Census census, std::vector<Question>* asked) : census_(std::move(census)), asked_(asked) {}
  Census inspect(const Question& question) override {
    asked_->push_back(question);
    return census_;
  }

 private:
  Census census_;
  std::vector<Question>* asked_;
};

Holder held_by(std::string process) {
  Holder holder;
  holder.process = std::move(process);
  return holder;
}

TEST(TakeCensus, PutsAllAnswersTogetherInOrder) {
  std::vector<Question> asked;
  Inspectors inspectors;
  inspectors.push_back(std::make_unique<Fixed>(Census{{held_by("a"), held_by("b")}, {}}, &asked));
  inspectors.push_back(std::make_unique<Fixed>(Census{{}, {{"container", "no socket"}}}, &asked));
  inspectors.push_back(std::make_unique<Fixed>(Census{{held_by("c")}, {{"nat", "not root"}}}, &asked));
  const auto census = take_census(inspectors, {});
  EXPECT_THAT(census.holders,
              ElementsAre(Field(&Holder::process, "a"), Field(&Holder::process, "b"), Field(&Holder::process, "c")));
  EXPECT_THAT(census.blind_spots, ElementsAre(BlindSpot{"container", "no socket"}, BlindSpot{"nat", "not root"}));
}

TEST(TakeCensus, AsksEverybodyTheSame) {
  std::vector<Question> asked;
  Inspectors inspectors;
  for (int count = 0; count < 2; ++count) inspectors.push_back(std::make_unique<Fixed>(Census{}, &asked));
  take_census(inspectors, {std::nullopt, true, true});
  ASSERT_EQ(asked.size(), 2U);
  for (const auto& question : asked) {
    EXPECT_TRUE(question.listeners_only);
    EXPECT_TRUE(question.owners);
  }
}

TEST(TakeCensus, WithoutInspectorsThereIsNothing) {
  const auto census = take_census({}, {});
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

}  // namespace
}  // namespace berth::inspect
