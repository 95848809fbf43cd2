#include "cli/exit_codes.h"

#include <gmock/gmock.h>

#include <set>
#include <string_view>
#include <utility>

namespace berth::cli {
namespace {

using enum ErrorCode;

// Scripts depend on every one of them.
TEST(ExitCode, IsOneOfTheDocumentedOnes) {
  EXPECT_EQ(exit_done, 0);
  EXPECT_EQ(exit_no, 1);
  for (const auto& [code, expected] : {std::pair{negative, 1},
                                       {usage, 2},
                                       {taken, 3},
                                       {exhausted, 4},
                                       {lock_timeout, 5},
                                       {unreadable, 6},
                                       {unseen, 7},
                                       {not_writable, 8},
                                       {bug, 70}}) {
    EXPECT_EQ(exit_code(code), expected) << to_string(code);
  }
}

TEST(ErrorCode, HasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (const auto code : {negative, usage, taken, exhausted, lock_timeout, unreadable, unseen, not_writable, bug}) {
    EXPECT_TRUE(words.insert(to_string(code)).second);
  }
  EXPECT_FALSE(words.contains(""));
}

}  // namespace
}  // namespace berth::cli
