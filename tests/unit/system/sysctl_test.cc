#include "system/sysctl.h"

#include <gmock/gmock.h>

#include <string>

#include "scratch_directory.h"

namespace berth::system {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(PortSpanText, IsTwoNumbers) {
  EXPECT_EQ(parse_port_span("32768\t60999\n"), (PortSpan{32768, 60999}));
  EXPECT_EQ(parse_port_span(" 1   65535 "), (PortSpan{1, 65535}));
  EXPECT_EQ(parse_port_span("7 7"), (PortSpan{7, 7}));
}

TEST(PortSpanText, IsNothingElse) {
  for (const char* text : {"", "\n", "32768", "60999\t32768", "1 65536", "a b", "1 2 3", "-1 2", "1-2"}) {
    EXPECT_FALSE(parse_port_span(text)) << text;
  }
}

TEST(PortListText, MayBeEmpty) {
  EXPECT_THAT(parse_port_list(""), Optional(IsEmpty()));
  EXPECT_THAT(parse_port_list("\n"), Optional(IsEmpty()));
}

TEST(PortListText, HasPortsAndRanges) {
  EXPECT_THAT(parse_port_list("8080,9148\n"), Optional(ElementsAre(PortSpan{8080, 8080}, PortSpan{9148, 9148})));
  EXPECT_THAT(parse_port_list("1,3-5,65535\n"),
              Optional(ElementsAre(PortSpan{1, 1}, PortSpan{3, 5}, PortSpan{65535, 65535})));
}

TEST(PortListText, IsNothingElse) {
  for (const char* text : {"a", "1,,2", ",1", "5-3", "1-", "-1", "65536", "1 2", "1-2-3", "0x10"}) {
    EXPECT_FALSE(parse_port_list(text)) << text;
  }
}

TEST(PortSysctls, AreReadFromTheirFiles) {
  const tests::ScratchDirectory proc;
  proc.write("ip_local_port_range", "1024\t2048\n");
  proc.write("ip_local_reserved_ports", "1500-1600\n");
  proc.write("ip_unprivileged_port_start", "80\n");
  const PortSysctls sysctls(proc.path() + "/");
  EXPECT_TRUE(sysctls.are_readable());
  EXPECT_EQ(sysctls.local_port_range(), (PortSpan{1024, 2048}));
  EXPECT_THAT(sysctls.reserved_ports(), Optional(ElementsAre(PortSpan{1500, 1600})));
  EXPECT_EQ(sysctls.unprivileged_port_start(), 80U);
}

TEST(PortSysctls, AreUnknownWithoutProc) {
  const PortSysctls sysctls("/nonexistent/");
  EXPECT_FALSE(sysctls.are_readable());
  EXPECT_FALSE(sysctls.local_port_range());
  EXPECT_FALSE(sysctls.reserved_ports());
  EXPECT_FALSE(sysctls.unprivileged_port_start());
}

}  // namespace
}  // namespace berth::system
