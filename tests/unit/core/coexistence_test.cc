#include "core/coexistence.h"

#include <gmock/gmock.h>

#include <string>

#include "unit/core/written.h"

namespace berth {
namespace {

using tests::connection;
using tests::declared;
using tests::listener;
using tests::nameless;
using tests::nat;
using tests::of_container;
using tests::published;

Holder configured(std::string_view spec, std::string_view name, bool enabled = true) {
  auto holder = of_container(spec, name, HolderState::configured);
  holder.enabled = enabled;
  return holder;
}

Holder proxy_of(const Holder& port) {
  auto holder = listener(to_spec(port.endpoint), "docker-proxy");
  holder.container = port.container;
  return holder;
}

Holder no_unit(Holder holder) {
  holder.unit.clear();
  return holder;
}

struct Pair {
  std::string name;
  Holder one;
  Holder other;
  std::string id = {};
  Severity severity = Severity::risk;
};

void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.name; }

class Coexistence : public testing::TestWithParam<Pair> {};

TEST_P(Coexistence, IsJudgedAlikeFromBothSides) {
  const auto& pair = GetParam();
  const auto trouble = coexistence(pair.one, pair.other);
  const auto again = coexistence(pair.other, pair.one);
  EXPECT_EQ(trouble ? std::string(trouble->id) : "", pair.id);
  EXPECT_EQ(again ? std::string(again->id) : "", pair.id);
  if (!trouble || !again) return;
  EXPECT_EQ(trouble->severity, pair.severity);
  EXPECT_EQ(again->severity, pair.severity);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Coexistence,
    testing::Values(
        // together
        Pair{"one server on both families", listener("0.0.0.0:80", "nginx", 1), listener("[::!]:80", "nginx", 1)},
        Pair{"workers of one program", listener("80", "nginx", 1), listener("80", "nginx", 2)},
        Pair{"nobody knows whose they are", nameless("80"), nameless("80")},
        Pair{"other ports", listener("80", "nginx"), listener("81", "caddy")},
        Pair{"other protocols", listener("53/tcp", "nginx"), listener("53/udp", "caddy")},
        Pair{"other loopback addresses", listener("127.0.0.1:53", "dnsmasq"), listener("127.0.0.53:53", "resolved")},
        Pair{"a connection wants nothing", listener("80", "nginx"), connection("80", "curl")},
        Pair{"a container and its proxy", published("80", "web"), proxy_of(published("80", "web"))},
        Pair{"a rule and its container's proxy", nat("80", "10.200.0.2:80"), proxy_of(published("80", "web"))},
        Pair{"a rule and its container", nat("80", "10.200.0.2:80"), published("80", "web")},
        Pair{"a socket unit and its service", declared("80", "web", true), listener("80", "web")},
        Pair{"a container's other ports", configured("80", "web"), configured("80", "web")},
        Pair{"disjoint addresses", configured("127.0.0.1:80", "a"), configured("127.0.0.2:80", "b")},
        // now
        Pair{"two programs", listener("80", "nginx", 1), listener("80", "caddy", 2), "shared-port"},
        Pair{"two halves", listener("0.0.0.0:80", "nginx", 1), listener("[::!]:80", "caddy", 2), "split-families"},
        Pair{"two halves of localhost", listener("127.0.0.1:80", "nginx", 1), listener("[::1]:80", "caddy", 2),
             "split-families"},
        Pair{"a rule before a server", nat("80", "10.0.0.9:80"), listener("80", "nginx"), "nat-shadows-listener",
             Severity::conflict},
        // at the next start
        Pair{"two enabled units", declared("80", "a", true), declared("80", "b", true), "latent-conflict",
             Severity::conflict},
        Pair{"a unit that is not enabled", declared("80", "a", false), declared("80", "b", true)},
        Pair{"an enabled unit and a process of no unit", declared("80", "a", true),
             no_unit(listener("80", "nginx", 812)), "latent-conflict", Severity::conflict},
        Pair{"an enabled unit and another server", declared("80", "a", true), listener("80", "nginx"),
             "latent-conflict", Severity::conflict},
        Pair{"two containers that start by themselves", configured("80", "a"), configured("80", "b"), "latent-conflict",
             Severity::conflict},
        Pair{"a container that somebody has to start", configured("80", "a", false), published("80", "b"),
             "latent-conflict", Severity::risk},
        Pair{"a stopped container and a server", configured("80", "a"), listener("80", "nginx"), "latent-conflict",
             Severity::conflict},
        Pair{"a stopped container and a unit", configured("80", "a"), declared("80", "b", true), "latent-conflict",
             Severity::conflict}));

TEST(AreDifferent, OnlyWhatIsKnownToBe) {
  auto without_unit = listener("80", "nginx", 1);
  without_unit.unit.clear();
  auto caddy = listener("80", "caddy", 2);
  EXPECT_TRUE(are_different(without_unit, caddy));
  caddy.exe.clear();
  EXPECT_FALSE(are_different(without_unit, caddy));
  auto unknown_container = listener("80", "httpd", 3);
  unknown_container.container = Container{.id = "abc"};
  EXPECT_FALSE(are_different(unknown_container, listener("80", "nginx", 4)));
}

}  // namespace
}  // namespace berth
