// Real configuration files of web servers that lie beside the checkout, if they do: each is read, and what it has is
// understood.
#include <gmock/gmock.h>

#include <filesystem>
#include <iostream>

#include "discover/apache.h"
#include "discover/directory_tree.h"
#include "discover/haproxy.h"
#include "discover/nginx.h"
#include "scratch_directory.h"
#include "unit/discover/found.h"

namespace berth::discover {
namespace {

namespace fs = std::filesystem;

// The configuration itself is read well; what it needs is not among the files.
bool is_of_other_files(const Problem& problem) {
  return problem.message.ends_with("there is no such file") || problem.message.ends_with("matches no file");
}

class ServersCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const auto archive = fs::path(BERTH_CHECKOUT) / "../shared/corpus/files.tar.gz";
    if (!fs::exists(archive)) GTEST_SKIP() << "no " << archive.string();
    const auto command = "tar -xzf " + archive.string() + " -C " + scratch.path() + " configs";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  // Prints the score, and fails where something is not understood. `is_configuration`: by the name of a file.
  void expect_understood(const std::string& program, const Discoverer& discoverer,
                         const std::function<bool(const fs::path&)>& is_configuration, std::size_t least_found) {
    std::size_t files = 0;
    std::map<std::string, std::size_t> states;
    std::size_t problems = 0;
    for (const auto& entry : fs::recursive_directory_iterator(scratch.path("configs/" + program))) {
      if (!entry.is_regular_file()) continue;
      const auto discovery = discoverer.read(DirectoryTree(), {entry.path().string()});
      if (!is_configuration(entry.path())) continue;
      ++files;
      for (const auto& found : discovery.found) ++states[std::string(to_string(found.state))];
      for (const auto& problem : discovery.problems) {
        ++problems;
        EXPECT_TRUE(is_of_other_files(problem)) << tests::in_words(std::vector{problem}).front();
      }
    }
    std::cout << program << ": " << files << " files, " << testing::PrintToString(states) << ", " << problems
              << " problems\n";
    EXPECT_GE(states["declared"], least_found);
    EXPECT_EQ(states["ephemeral"], 0U);
  }

  const tests::ScratchDirectory scratch;
};

TEST_F(ServersCorpus, NginxIsUnderstood) {
  // The others are tables and lists of parameters.
  const auto is_configuration = [](const fs::path& path) {
    return path.extension() == ".conf" || path.extension() == ".sample" || path.filename() == "default";
  };
  expect_understood("nginx", NginxDiscoverer(), is_configuration, 100);
}
TEST_F(ServersCorpus, ApacheIsUnderstood) {
  const auto is_configuration = [](const fs::path& path) { return path.extension() == ".conf"; };
  expect_understood("apache", ApacheDiscoverer(), is_configuration, 2);
}
TEST_F(ServersCorpus, HaproxyIsUnderstood) {
  expect_understood("haproxy", HaproxyDiscoverer(), [](const fs::path&) { return true; }, 48);
}

}  // namespace
}  // namespace berth::discover
