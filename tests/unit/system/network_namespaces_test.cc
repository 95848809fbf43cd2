#include "system/network_namespaces.h"

#include <gmock/gmock.h>

#include <array>
#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NetworkLink, HasAnInode) {
  EXPECT_EQ(parse_network_link("net:[4026531840]"), 4026531840U);
  for (const char* target : {"", "net:[", "net:[]", "net:[1", "mnt:[1]", "net:[x]", "net:[-1]", "net:[1]x"}) {
    EXPECT_FALSE(parse_network_link(target)) << target;
  }
}

// A recorded /proc.
class RecordedNamespaces : public testing::Test {
 protected:
  void add(int pid, unsigned inode) const {
    proc_.link(std::to_string(pid) + "/ns/net", "net:[" + std::to_string(inode) + "]");
  }
  Processes processes() const { return Processes(proc_.path()); }

  tests::ScratchDirectory proc_;
};

TEST_F(RecordedNamespaces, AreThoseOfTheProcesses) {
  for (const auto& [pid, inode] : {std::pair{10, 1U}, {20, 2U}, {30, 1U}, {40, 3U}, {50, 2U}}) add(pid, inode);
  NetworkNamespaces namespaces(1);
  namespaces.add_of(processes(), std::array{10, 20, 30, 40, 50});
  ASSERT_THAT(namespaces.others(), SizeIs(2));
  EXPECT_EQ(namespaces.others()[0].inode, 2U);
  EXPECT_THAT(namespaces.others()[0].processes, ElementsAre(20, 50));
  EXPECT_EQ(namespaces.others()[0].path, "/proc/20/ns/net");
  EXPECT_EQ(namespaces.others()[0].name, "");
  EXPECT_EQ(namespaces.others()[1].inode, 3U);
}

TEST_F(RecordedNamespaces, OfVanishedProcessesAreNone) {
  proc_.make_directory("10");
  NetworkNamespaces namespaces(1);
  namespaces.add_of(processes(), std::array{10, 11});
  EXPECT_THAT(namespaces.others(), IsEmpty());
}

TEST_F(RecordedNamespaces, FilesThatAreLeftOverAreNone) {
  proc_.write("netns/old", "");
  NetworkNamespaces namespaces(1);
  namespaces.add_kept(
      std::array{NamespaceDirectory{proc_.path("netns"), true}, NamespaceDirectory{proc_.path("missing"), true}});
  EXPECT_THAT(namespaces.others(), IsEmpty());
}

TEST(NetworkNamespaces, TheOwnOneIsKnown) { EXPECT_TRUE(own_network_namespace()); }

}  // namespace
}  // namespace berth::system
