// Files of /proc and /etc: each reader gets the text, whichever it is meant for.
#include <algorithm>
#include <string>

#include "core/quote.h"
#include "core/spec.h"
#include "fuzz/clean.h"
#include "fuzz/targets.h"
#include "inspect/proxy_command.h"
#include "system/accounts.h"
#include "system/cgroup_name.h"
#include "system/lock_holder.h"
#include "system/network_namespaces.h"
#include "system/processes.h"
#include "system/sock_diag.h"
#include "system/sysctl.h"

namespace berth::fuzz {
namespace {

bool is_container_id(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_cgroup(const system::CgroupName& name) {
  promise(name.unit.empty() || name.container.empty(), "it is a unit or a container");
  promise(name.container.empty() || is_container_id(name.container), "a container's id is one");
  promise(name.unit.find('/') == std::string::npos, "a unit's name is no path");
}

void check_sysctls(std::string_view text) {
  if (const auto span = system::parse_port_span(text); span) promise(span->first <= span->last, "a range is in order");
  if (const auto spans = system::parse_port_list(text); spans) {
    promise(std::ranges::all_of(*spans, [](const auto& span) { return span.first <= span.last; }),
            "each range is in order");
    promise(spans->size() <= text.size(), "there are no more of them than were written");
  }
}

void check_command_line(std::string_view text) {
  const Endpoint endpoint{.address = {}, .protocol = Protocol::tcp, .ports = {8080, 8080}};
  const auto target = inspect::target_of_docker_proxy(text, endpoint);
  promise(target.empty() || parse_endpoint(target), "a proxy's target is an endpoint");
  const auto container = inspect::container_of_conmon(text);
  promise(container.empty() || is_container_id(container), "a container's id is one");
}

}  // namespace

void proc(std::string_view input) {
  if (const auto fields = system::parse_stat(input); fields) {
    promise(input.find("(" + fields->name + ")") != std::string_view::npos, "a process's name is between brackets");
  }
  check_cgroup(system::name_of_cgroup(input));
  check_cgroup(system::name_of_process_cgroups(input));
  check_sysctls(input);
  check_command_line(input);
  if (const auto name = system::name_of_user(input, 1000); name) {
    promise(name->find(':') == std::string_view::npos, "a user's name ends at the colon");
  }
  if (const auto inode = system::parse_network_link(input); inode) {
    promise(input.ends_with(std::to_string(*inode) + "]"), "a namespace's number is in the link");
  }
  system::find_lock_holder(input, 0x801, 4711);
  system::dump_shows_bound_sockets(std::string(input).c_str());
}

}  // namespace berth::fuzz
