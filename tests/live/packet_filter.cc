#include "live/packet_filter.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "core/endpoint.h"
#include "inspect/nat.h"

namespace berth::live {

void PacketFilterTest::SetUp() {
  NetworkTest::SetUp();
  if (!IsSkipped() && !inspect::NatInspector().is_present()) GTEST_SKIP() << "the kernel translates no destinations";
}

bool PacketFilterTest::has_program(const std::string& name) {
  const std::array folders{"/usr/sbin/", "/sbin/", "/usr/bin/"};
  return std::ranges::any_of(folders, [&](const char* folder) { return ::access((folder + name).c_str(), X_OK) == 0; });
}

void PacketFilterTest::run(const std::string& command, const std::string& input) {
  const auto path = "export PATH=/usr/sbin:/sbin:/usr/bin:/bin; " + command;
  FILE* pipe = ::popen(path.c_str(), "w");
  ASSERT_NE(pipe, nullptr);
  std::fwrite(input.data(), 1, input.size(), pipe);
  ASSERT_EQ(::pclose(pipe), 0) << command << "\n" << input;
}

std::vector<std::string> PacketFilterTest::taken() {
  const auto census = inspect::NatInspector().inspect({});
  for (const auto& spot : census.blind_spots) ADD_FAILURE() << spot.why;
  EXPECT_EQ(census.answered, std::vector{Source::nat});
  std::vector<std::string> result;
  for (const auto& holder : census.holders) {
    EXPECT_EQ(holder.source, Source::nat);
    EXPECT_EQ(holder.state, HolderState::published);
    result.push_back(to_string(holder.endpoint) + " -> " + holder.forwards_to);
  }
  return result;
}

}  // namespace berth::live
