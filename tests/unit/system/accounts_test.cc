#include "system/accounts.h"

#include <gmock/gmock.h>

#include "scratch_directory.h"

namespace berth::system {
namespace {

constexpr std::string_view passwd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "broken line\n"
    "half:x\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    "twin:x:33:33::/:/bin/sh\n"
    "last:x:1000";

TEST(Accounts, AUserHasAName) {
  EXPECT_EQ(name_of_user(passwd, 0), "root");
  EXPECT_EQ(name_of_user(passwd, 1000), "last");
}

TEST(Accounts, TheFirstNameCounts) { EXPECT_EQ(name_of_user(passwd, 33), "www-data"); }

TEST(Accounts, AnUnknownUserHasNone) {
  EXPECT_EQ(name_of_user(passwd, 3), std::nullopt);
  EXPECT_EQ(name_of_user("", 0), std::nullopt);
}

TEST(Accounts, ANumberStandsForAnUnknownUser) {
  const tests::ScratchDirectory etc;
  etc.write("passwd", std::string(passwd));
  Accounts accounts(etc.path("passwd"));
  EXPECT_EQ(accounts.name(33), "www-data");
  EXPECT_EQ(accounts.name(61184), "61184");
  EXPECT_EQ(Accounts(etc.path("missing")).name(33), "33");
}

}  // namespace
}  // namespace berth::system
