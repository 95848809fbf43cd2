#include "inspect/retry_probe.h"

#include <gmock/gmock.h>

#include <vector>

namespace berth::inspect {
namespace {

using enum Probe::Result;

struct Tries {
  Probe::Result result;
  std::size_t probes;
};

// Answers in turn, the last one for ever.
Tries retry(const std::vector<Probe::Result>& answers, bool is_seen) {
  std::size_t probes = 0;
  const auto probe = [&] { return Probe{answers.at(std::min(probes++, answers.size() - 1)), {}}; };
  const auto result = retry_probe(probe, [&] { return is_seen; }).result;
  return {result, probes};
}

TEST(RetryProbe, BelievesEverythingButInUseAtOnce) {
  for (const auto answer : {bindable, no_address, not_permitted, failed}) {
    const auto tries = retry({answer}, false);
    EXPECT_EQ(tries.result, answer);
    EXPECT_EQ(tries.probes, 1U);
  }
}

TEST(RetryProbe, BelievesWhatASocketExplains) {
  const auto tries = retry({in_use, bindable}, true);
  EXPECT_EQ(tries.result, in_use);
  EXPECT_EQ(tries.probes, 1U);
}

TEST(RetryProbe, TriesAgainWhenNobodyIsThere) {
  EXPECT_EQ(retry({in_use, bindable}, false).result, bindable);
  EXPECT_EQ(retry({in_use, in_use, bindable}, false).result, bindable);
}

TEST(RetryProbe, GivesUp) {
  const auto tries = retry({in_use}, false);
  EXPECT_EQ(tries.result, in_use);
  EXPECT_EQ(tries.probes, 3U);
}

}  // namespace
}  // namespace berth::inspect
