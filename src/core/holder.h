// Something on this machine that has an endpoint right now, and the evidence that says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"
#include "core/owner.h"

namespace berth {

// Where a statement comes from: one word for each inspector, plus the registry and the rules of the policy.
enum class Source : std::uint8_t { registry, socket, container, nat, systemd, kernel, browser };
std::string_view to_string(Source source);

enum class HolderState : std::uint8_t { listening, bound, connection, draining, published, configured, declared };
std::string_view to_string(HolderState state);

struct Container {
  std::string id = {};
  std::string name = {};
  std::string image = {};
  std::optional<bool> running = {};
  friend bool operator==(const Container&, const Container&) = default;
};

struct Compose {
  std::string project = {};
  std::string service = {};
  friend bool operator==(const Compose&, const Compose&) = default;
};

// Whether it is known by more than its id.
bool has_name(const std::optional<Container>& container);

// What is not known is empty: an empty string, no value.
struct Holder {
  Source source = Source::socket;
  HolderState state = HolderState::listening;
  Endpoint endpoint;
  std::optional<std::int32_t> pid;
  // When the process started, in clock ticks since boot (proc_pid_stat(5), field 22); with the pid it names one
  // process.
  std::uint64_t started = 0;
  std::string process;
  std::string exe;
  std::string user;
  std::string unit;
  // The service that a socket unit starts when somebody connects.
  std::string activates = {};
  std::optional<Container> container;
  std::optional<Compose> compose;
  // Whether the process got the socket from another one; then `other_pids` may tell from which.
  std::optional<bool> inherited;
  // Every other process that has the same socket open, in ascending order.
  std::vector<std::int32_t> other_pids = {};
  // Since when it is there, RFC 3339 in UTC: the start of the process, or of the container.
  std::string since = {};
  // Of something declared or configured: whether it will take the port at the next boot.
  std::optional<bool> enabled = {};
  // Where what comes to the endpoint is sent on to: "10.200.0.2:80", "[fd00::2]:80", or ":8080" for a port of this
  // machine. A container's own end, the target of a NAT rule, of a proxy.
  std::string forwards_to = {};
  // The remote end of a connection ("10.0.0.7:443"); empty otherwise.
  std::string remote;
  // Seconds until the kernel drops a draining socket.
  std::optional<unsigned> seconds_left;
  // How a socket is found among the processes: its inode and its cgroup v2 id; 0 when unknown.
  std::uint64_t inode = 0;
  std::uint64_t cgroup = 0;
  // Of what is not in this network namespace: its name under /run/netns ("blue"), else the kernel's
  // ("net:[4026532345]").
  std::string network = {};

  friend bool operator==(const Holder&, const Holder&) = default;
};

// Whether the holder means to have the port: connections and closing sockets are nobody's claim.
bool claims(const Holder& holder);

// Whether the port is lost to others without any socket there: a container's, running or not, a NAT rule's, that of a
// socket unit, unless it is not enabled.
bool takes_without_socket(const Holder& holder);

// Whether its unit, container or compose project is called as the service is: "nginx.service" is nginx, the service db
// of compose project blog is blog/db, the whole project is blog.
bool is_named_after(const Holder& holder, std::string_view service);

// The strongest identity known: container, compose service, unit (of a socket unit the service that it starts), else
// executable; none if there is nothing to go by.
Owner owner_of(const Holder& holder);

// Whether `owner` is behind the holder; nullopt if the two cannot be compared.
std::optional<bool> is_owned_by(const Holder& holder, const Owner& owner);

// "nginx (pid 812, unit nginx.service, 0.0.0.0)", as far as it is known.
std::string describe(const Holder& holder);

}  // namespace berth
