// The inputs that are kept, seeds and what once broke something, through the same functions, without libFuzzer.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "fuzz/targets.h"

namespace berth::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path folder = BERTH_FUZZ_FOLDER;

const std::map<std::string, void (*)(std::string_view)> targets = {
    {"apache", apache},
    {"caddy", caddy},
    {"compose", compose},
    {"dotenv", dotenv},
    {"engine", engine},
    {"haproxy", haproxy},
    {"history", history},
    {"http", http},
    {"netlink", netlink},
    {"nginx", nginx},
    {"packet_filter", packet_filter},
    {"proc", proc},
    {"registry", registry},
    {"systemd", systemd},
    {"traefik", traefik},
    {"words", words},
};

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class FuzzInputs : public testing::TestWithParam<std::string> {};

TEST_P(FuzzInputs, KeepThePromises) {
  int count = 0;
  for (const auto* kind : {"seeds", "regressions"}) {
    const auto inputs = folder / kind / GetParam();
    if (!fs::exists(inputs)) continue;
    for (const auto& input : fs::directory_iterator(inputs)) {
      std::fprintf(stderr, "%s\n", input.path().c_str());  // the last one is the one that ended the process
      targets.at(GetParam())(text_of(input.path()));
      ++count;
    }
  }
  EXPECT_GT(count, 0);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, target] : targets) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Parsers, FuzzInputs, testing::ValuesIn(names()),
                         [](const auto& tested) { return tested.param; });

TEST(FuzzInputsFolder, HasATargetForEachOfItsFolders) {
  for (const auto* kind : {"seeds", "regressions"}) {
    for (const auto& entry : fs::directory_iterator(folder / kind)) {
      EXPECT_TRUE(targets.contains(entry.path().filename())) << entry.path();
    }
  }
}

}  // namespace
}  // namespace berth::fuzz
