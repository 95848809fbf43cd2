#include "inspect/listen_address.h"

#include <gmock/gmock.h>

#include <string>

namespace berth::inspect {
namespace {

// "ADDRESS PORT", "* PORT", "none" for what is no port, "refused".
std::string understood(std::string_view text) {
  const auto parsed = parse_listen_address(text);
  if (!parsed) return "refused";
  const auto* listen = std::get_if<ListenAddress>(&*parsed);
  if (listen == nullptr) return "none";
  return (listen->address ? listen->address->to_string() : "*") + " " + std::to_string(listen->port);
}

// Each as systemd 252 takes it.
TEST(ListenAddress, IsUnderstoodAsSystemdDoes) {
  struct Case {
    std::string text;
    std::string expected;
  };
  for (const auto& [text, expected] : {
           Case{"7001", "* 7001"},
           Case{"0x1F90", "* 8080"},
           Case{"0X1f90", "* 8080"},
           Case{"010", "* 8"},
           Case{"+7002", "* 7002"},
           Case{"0b101", "* 5"},
           Case{"0o17", "* 15"},
           Case{"65535", "* 65535"},
           Case{"0.0.0.0:7006", "0.0.0.0 7006"},
           Case{"127.0.0.1:7007", "127.0.0.1 7007"},
           Case{"127.0.0.1:0x1F91", "127.0.0.1 8081"},
           Case{"127.0.0.1:7013%lo", "127.0.0.1 7013"},
           Case{"[::]:7005", ":: 7005"},
           Case{"[::1]:7008", "::1 7008"},
           Case{"[fe80::1]:7012%lo", "fe80::1 7012"},
           Case{"[::ffff:1.2.3.4]:7017", "1.2.3.4 7017"},
           Case{"/run/x", "none"},
           Case{"@abstract", "none"},
           Case{"vsock:2:1234", "none"},
           Case{"vsock::123", "none"},
           Case{"", "refused"},
           Case{"0", "refused"},
           Case{"-1", "refused"},
           Case{"65536", "refused"},
           Case{"4294967376", "refused"},
           Case{"08080", "refused"},
           Case{"0x", "refused"},
           Case{"+", "refused"},
           Case{"7_0", "refused"},
           Case{"1e3", "refused"},
           Case{"7019 7020", "refused"},
           Case{"\"7018\"", "refused"},
           Case{"7021%lo", "refused"},
           Case{"127.0.0.1", "refused"},
           Case{"127.1:7016", "refused"},
           Case{"127.0.0.1: 80", "refused"},
           Case{"[::1]:0", "refused"},
           Case{"[::1]80", "refused"},
           Case{"[::1]", "refused"},
           Case{"::1:7009", "refused"},
           Case{"::7010", "refused"},
           Case{"[127.0.0.1]:7023", "refused"},
           Case{"[fe80::1]:7012%", "refused"},
           Case{"[fe80::1%lo]:7012", "refused"},
           Case{"*:7014", "refused"},
           Case{"localhost:7015", "refused"},
           Case{":7016", "refused"},
           Case{"[]:7016", "refused"},
           Case{"[:7016", "refused"},
       }) {
    EXPECT_EQ(understood(text), expected) << text;
  }
}

}  // namespace
}  // namespace berth::inspect
