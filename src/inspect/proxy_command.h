// What the processes that hold ports for containers say on their command lines. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/endpoint.h"

namespace berth::inspect {

// `command_line` is as in /proc/PID/cmdline: words that a zero byte ends each.

// Where a docker-proxy (cmd/docker-proxy of moby) sends what comes to `endpoint`: "172.17.0.2:80", "[fd00::2]:80".
// Empty if it says nothing, or speaks of another endpoint.
std::string target_of_docker_proxy(std::string_view command_line, const Endpoint& endpoint);

// The id of the container that a conmon looks after (conmon(8)): 64 hexadecimal digits, or empty.
std::string container_of_conmon(std::string_view command_line);

}  // namespace berth::inspect
