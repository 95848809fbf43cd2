// The referee: for random sets of sockets, berth's verdict on an endpoint is what a real server gets there.
//
// BERTH_REFEREE_SETS: how many sets (300). BERTH_REFEREE_SEED: the seed of the first one, each further one has the
// next; a failure names the seed with which one set shows it again.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/verdict.h"
#include "inspect/linux_machine.h"
#include "inspect/sockets.h"
#include "live/network.h"
#include "live/referee_scene.h"

namespace berth::live {
namespace {

constexpr std::uint16_t haven_port = 1999;
constexpr std::uint16_t first_port = 2000;
constexpr unsigned most_sets = 8000;  // so that the ports of all sets lie below the clients' own

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// How a server of the endpoint binds. `*` is two of them: one dual-stack socket, or one for each family.
using Server = std::vector<SocketOptions>;

std::vector<Server> servers_of(const Endpoint& endpoint) {
  const SocketOptions plain{.port = endpoint.ports.first,
                            .transport = endpoint.protocol == Protocol::tcp ? Transport::tcp : Transport::udp,
                            .reuse_address = endpoint.protocol == Protocol::tcp};
  const auto on = [&](const std::string& address, bool v6only = false) {
    auto options = plain;
    options.address = address;
    options.v6only = v6only;
    return options;
  };
  const auto text = endpoint.address.to_string();
  if (endpoint.address.family() == Address::Family::any) return {{on("::")}, {on("0.0.0.0"), on("::", true)}};
  if (endpoint.address.family() == Address::Family::ipv4) return {{on(text)}, {on("::ffff:" + text)}};
  return {{on(text, endpoint.address.is_v6only())}};
}

bool can_serve(const Server& server) {
  std::vector<UniqueFd> sockets;
  for (const auto& options : server) {
    auto socket = options.transport == Transport::tcp ? listen_on(options) : bind_socket(options);
    if (!socket) return false;
    sockets.push_back(std::move(*socket));
  }
  return true;
}

std::vector<Address> addresses() {
  return {Address{},
          Address::ipv4({}),
          Address::ipv4({127, 0, 0, 1}),
          Address::ipv4({127, 0, 0, 2}),
          Address::ipv6({}, false),
          Address::ipv6({}, true),
          *Address::parse("::1")};
}

class Referee : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (IsSkipped()) return;
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "32768 65535" << std::flush;
    machine_ = std::make_unique<inspect::LinuxMachine>([] {
      inspect::Inspectors inspectors;
      inspectors.push_back(std::make_unique<inspect::SocketsInspector>());
      return inspectors;
    });
    haven_ = Scene::open_haven(haven_port);
  }

  // Every endpoint on the ports of the set.
  void judge_all(const Ports& ports, const std::string& story) {
    for (const auto protocol : {Protocol::tcp, Protocol::udp}) {
      for (std::uint16_t index = 0; index < ports.count; ++index) {
        const auto port = static_cast<Port>(ports.first + index);
        for (const auto& address : addresses()) judge_one({address, protocol, {port, port}}, story);
      }
    }
  }

  void judge_one(const Endpoint& endpoint, const std::string& story) {
    const auto probe = machine_->probe(endpoint);
    const auto census = machine_->census({.about = endpoint});
    const auto verdict = judge({}, census.holders, probe).verdict;
    const bool v6only = endpoint.address.is_v6only();
    SCOPED_TRACE(to_string(endpoint) + (v6only ? " v6only" : "") + " beside\n" + story);
    for (const auto& server : servers_of(endpoint)) {
      const bool served = can_serve(server);
      EXPECT_EQ(verdict == Verdict::free, served)
          << "as " << to_string(verdict) << ", for a server of " << server.size();
      // So that a survey of all sockets may stand for many probes. A socket that changes its state in the middle of a
      // dump (FIN_WAIT1 to FIN_WAIT2, when the other end's delayed answer comes) may be missed by that one.
      const auto nobody_is_there = [](const Census& seen) { return seen.holders.empty() && seen.blind_spots.empty(); };
      EXPECT_TRUE(served || !nobody_is_there(census) || !nobody_is_there(machine_->census({.about = endpoint})))
          << "though nobody is there";
    }
    EXPECT_NE(verdict, Verdict::unknown);
    ++questions_;
    answers_[static_cast<std::size_t>(verdict)] += 1;
  }

  std::unique_ptr<inspect::LinuxMachine> machine_;
  Scene::Haven haven_;
  std::uint64_t questions_ = 0;
  std::array<std::uint64_t, 5> answers_{};
};

TEST_F(Referee, AgreesWithRealServers) {
  const auto seed = number_from("BERTH_REFEREE_SEED", std::random_device{}());
  const auto sets = std::min<std::uint64_t>(number_from("BERTH_REFEREE_SETS", 300), most_sets);
  for (std::uint64_t set = 0; set < sets && !HasFailure(); ++set) {
    SCOPED_TRACE("replay with BERTH_REFEREE_SETS=1 BERTH_REFEREE_SEED=" + std::to_string(seed + set));
    Random random(seed + set);
    Ports ports;
    ports.first = static_cast<std::uint16_t>(first_port + set * ports.count);
    const Scene scene(random, ports, haven_);
    judge_all(ports, scene.story());
  }
  RecordProperty("questions", std::to_string(questions_));
  RecordProperty("free", std::to_string(answers_[static_cast<std::size_t>(Verdict::free)]));
  RecordProperty("held", std::to_string(answers_[static_cast<std::size_t>(Verdict::held)]));
  RecordProperty("draining", std::to_string(answers_[static_cast<std::size_t>(Verdict::draining)]));
}

}  // namespace
}  // namespace berth::live
