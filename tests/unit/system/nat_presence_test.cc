#include "system/nat_presence.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

constexpr NatPresence none{};
constexpr NatPresence all{.nf_tables = true, .ip_tables = true, .ip6_tables = true};

class NatPresenceTest : public testing::Test {
 protected:
  void make(std::initializer_list<const char*> folders) {
    for (const auto* folder : folders) root_.make_directory(folder);
  }
  NatPresence find() { return find_nat(root_.path("sys"), root_.path("proc")); }

 private:
  tests::ScratchDirectory root_;
};

TEST_F(NatPresenceTest, NoTrackingOfConnections) {
  make({"sys/module", "proc/sys/net"});
  EXPECT_EQ(find(), none);
}

TEST_F(NatPresenceTest, ModulesThatAreNotLoaded) {
  make({"sys/module/nf_conntrack/initstate", "proc/sys/net/netfilter/nf_conntrack_max"});
  EXPECT_EQ(find(), none);
}

TEST_F(NatPresenceTest, ModulesOfNfTables) {
  make({"sys/module/nf_nat", "sys/module/nft_chain_nat", "proc/sys/net/netfilter/nf_conntrack_max"});
  EXPECT_EQ(find(), NatPresence{.nf_tables = true});
}

TEST_F(NatPresenceTest, ModulesOfTheOlderInterface) {
  make({"sys/module/nf_nat", "sys/module/iptable_nat", "sys/module/ip6table_nat"});
  EXPECT_EQ(find(), (NatPresence{.ip_tables = true, .ip6_tables = true}));
}

TEST_F(NatPresenceTest, NatForSomethingElse) {
  make({"sys/module/nf_nat", "sys/module/nf_conntrack/initstate", "proc/sys/net/netfilter/nf_conntrack_max"});
  EXPECT_EQ(find(), none);
}

TEST_F(NatPresenceTest, BuiltIn) {
  make({"sys/module/nf_conntrack", "proc/sys/net/netfilter/nf_conntrack_max"});
  EXPECT_EQ(find(), all);
}

TEST_F(NatPresenceTest, WithoutProcAndSysNothingIsCertain) { EXPECT_EQ(find(), all); }

}  // namespace
}  // namespace berth::system
