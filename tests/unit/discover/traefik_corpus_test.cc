// Every Traefik file of a corpus, whole and cut off at each of its lines.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "discover/traefik.h"
#include "scratch_directory.h"
#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

TEST(TraefikCorpus, EveryFileIsReadOrAProblem) {
  const std::filesystem::path corpus = BERTH_CHECKOUT "/../shared/corpus";
  if (!std::filesystem::exists(corpus / "files.tar.gz")) GTEST_SKIP() << "no corpus in " << corpus;
  const tests::ScratchDirectory scratch;
  const auto unpack =
      "tar -xzf '" + (corpus / "files.tar.gz").string() + "' -C '" + scratch.path() + "' configs/traefik";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path("configs/traefik"))) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream file(entry.path());
    std::string text;
    for (std::string line; std::getline(file, line); text += line + "\n") {
      for (const std::string path : {"/etc/traefik/traefik.yml", "/etc/traefik/traefik.toml"}) {
        const std::map<std::string, std::string> tree{{path, text}};
        for (const auto& found : TraefikDiscoverer().read(tests::MemoryTree(tree), {path}).found)
          EXPECT_EQ(found.endpoint.has_value(), found.state == Found::State::declared) << entry.path();
      }
    }
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace berth::discover
