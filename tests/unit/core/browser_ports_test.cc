#include "core/browser_ports.h"

#include <gmock/gmock.h>

#include <vector>

namespace berth {
namespace {

std::vector<unsigned> refused_ports() {
  std::vector<unsigned> ports;
  for (unsigned port = 1; port <= 65535; ++port) {
    if (browsers_refuse(static_cast<Port>(port))) ports.push_back(port);
  }
  return ports;
}

// https://fetch.spec.whatwg.org/#port-blocking, but for 0.
TEST(BrowserPorts, AreThoseOfTheStandard) {
  EXPECT_THAT(refused_ports(),
              testing::ElementsAreArray(
                  {1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,   53,
                   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,  123,
                   135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,  532,
                   540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,
                   4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}));
}

TEST(BrowserPorts, AreNotThoseOfWebServers) {
  for (const auto port : {80, 443, 3000, 5000, 8000, 8080, 8443, 9000})
    EXPECT_FALSE(browsers_refuse(static_cast<Port>(port))) << port;
}

}  // namespace
}  // namespace berth
