#include "core/remarks.h"

#include <gmock/gmock.h>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using tests::endpoint;
using tests::ports;

const KernelRanges kernel{.ephemeral = ports("32768-60999"), .reserved = {ports("7000-7009"), ports("40000")}};

TEST(Remark, OnTheEphemeralRangeReachesToItsEnd) {
  EXPECT_EQ(remark_on_ephemeral(endpoint("32767"), kernel), std::nullopt);
  EXPECT_EQ(remark_on_ephemeral(endpoint("61000"), kernel), std::nullopt);
  EXPECT_EQ(remark_on_ephemeral(endpoint("32760-32768"), kernel)->ports, ports("32768-60999"));
  EXPECT_EQ(remark_on_ephemeral(endpoint("40000"), kernel)->ports, ports("40000-60999"));
  EXPECT_EQ(remark_on_ephemeral(endpoint("40000"), {}), std::nullopt);
}

TEST(Remark, OnKernelReservedPortsReachesToTheirEnd) {
  EXPECT_EQ(remark_on_reserved(endpoint("6999"), kernel), std::nullopt);
  EXPECT_EQ(remark_on_reserved(endpoint("7005"), kernel)->ports, ports("7005-7009"));
  EXPECT_EQ(remark_on_reserved(endpoint("6990-8000"), kernel)->ports, ports("7000-7009"));
  EXPECT_EQ(remark_on_reserved(endpoint("40000/udp"), kernel)->ports, ports("40000"));
}

TEST(Remark, OnPortsThatBrowsersRefuseIsOnTheFirst) {
  EXPECT_EQ(remark_on_browsers(endpoint("8080")), std::nullopt);
  EXPECT_EQ(remark_on_browsers(endpoint("6660-6670"))->ports, ports("6665"));
  EXPECT_EQ(remark_on_browsers(endpoint("6666/tcp+udp"))->ports, ports("6666"));
  EXPECT_EQ(remark_on_browsers(endpoint("6666/udp")), std::nullopt);
}

TEST(Remarks, AreAllThatConcernAPort) {
  EXPECT_THAT(remarks_on(endpoint("8080"), kernel), IsEmpty());
  EXPECT_THAT(remarks_on(endpoint("40000"), kernel),
              ElementsAre(Field(&Evidence::what, "in the ephemeral range 32768-60999 of outgoing connections"),
                          Field(&Evidence::what, "kernel-reserved (net.ipv4.ip_local_reserved_ports)")));
  EXPECT_THAT(remarks_on(endpoint("6666"), kernel), ElementsAre(Evidence{Source::browser, "refused by web browsers"}));
}

}  // namespace
}  // namespace berth
