#include "discover/file_tree.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Resolve, GoesFromADirectory) {
  EXPECT_EQ(resolve("/etc/nginx", "conf.d/a.conf"), "/etc/nginx/conf.d/a.conf");
  EXPECT_EQ(resolve("/etc/nginx", "/srv/a.conf"), "/srv/a.conf");
  EXPECT_EQ(resolve("/etc/nginx", "../a//./b"), "/etc/a/b");
  EXPECT_EQ(resolve("/etc", "../../.."), "/");
  EXPECT_EQ(resolve("/", ""), "/");
}

const tests::MemoryTree& tree() {
  static const tests::MemoryTree files(
      {{"/etc/a.conf", ""}, {"/etc/b.conf", ""}, {"/etc/.c.conf", ""}, {"/etc/d/x.conf", ""}, {"/etc/e/x.conf", ""}});
  return files;
}

TEST(Glob, MatchesNamesInOrder) { EXPECT_THAT(glob(tree(), "/etc/*.conf"), ElementsAre("/etc/a.conf", "/etc/b.conf")); }
TEST(Glob, MatchesDirectoriesOnTheWay) {
  EXPECT_THAT(glob(tree(), "/etc/[d-e]/?.conf"), ElementsAre("/etc/d/x.conf", "/etc/e/x.conf"));
}
TEST(Glob, AHiddenFileIsAskedForByItsDot) { EXPECT_THAT(glob(tree(), "/etc/.*.conf"), ElementsAre("/etc/.c.conf")); }
TEST(Glob, WithoutAPatternIsThePathItself) { EXPECT_THAT(glob(tree(), "/none"), ElementsAre("/none")); }
TEST(Glob, NothingMatchesInADirectoryThatIsNotThere) { EXPECT_THAT(glob(tree(), "/none/*"), IsEmpty()); }

}  // namespace
}  // namespace berth::discover
