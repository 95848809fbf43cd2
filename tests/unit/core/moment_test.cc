#include "core/moment.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace berth {
namespace {

TEST(Moment, IsUnknownAtFirst) {
  EXPECT_TRUE(Moment{}.empty());
  EXPECT_EQ(Moment{}.text(), "");
  EXPECT_EQ(Moment{}, Moment{""});
}

TEST(Moment, KeepsWhateverWasWritten) {
  for (const std::string text :
       {"2026-11-22T18:00:00Z", "2026-11-22", "x", "2026-11-22T18:00:00.123456789+01:00", "2026-11-22T18:00:00ZZ"}) {
    const Moment moment(text);
    EXPECT_FALSE(moment.empty());
    EXPECT_EQ(moment.text(), text);
    const auto copy = moment;
    EXPECT_EQ(copy, moment);
    EXPECT_EQ(copy.text(), text);
  }
}

TEST(Moment, ThatIsMovedFromCanBeReadAndSetAnew) {
  Moment moment("2026-11-22T18:00:00.123456789+01:00");
  const auto moved = std::move(moment);
  EXPECT_EQ(moved.text(), "2026-11-22T18:00:00.123456789+01:00");
  EXPECT_TRUE(moment.empty());  // NOLINT(bugprone-use-after-move)
  moment = Moment("2026");
  EXPECT_EQ(moment.text(), "2026");
}

TEST(Moment, ComparesByItsText) {
  EXPECT_NE(Moment("2026-11-22T18:00:00Z"), Moment("2026-11-22T18:00:01Z"));
  EXPECT_NE(Moment("2026-11-22T18:00:00Z and"), Moment("2026-11-22T18:00:00Z or"));
  EXPECT_NE(Moment("2026"), Moment{});
}

}  // namespace
}  // namespace berth
