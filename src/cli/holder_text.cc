#include "cli/holder_text.h"

#include <fmt/format.h>

#include "core/attribution.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

// How far a holder can be reached from.
std::string_view exposure(const Address& address) {
  if (address.is_loopback()) return "from this machine alone";
  if (!address.is_wildcard()) return "on one address";
  return address.is_v6only() ? "on every IPv6 address" : "on every address";
}

bool is_open(const Holder& holder) {
  return holder.state == HolderState::listening || holder.state == HolderState::bound ||
         holder.state == HolderState::published;
}

// Destination NAT happens before the rules of the input chain, which are what a firewall on this machine usually has.
bool is_past_the_firewall(const Holder& holder) {
  const bool forwarded = holder.source == Source::nat || holder.source == Source::container;
  return forwarded && holder.state == HolderState::published && !holder.endpoint.address.is_loopback();
}

std::string chain_of(const Holder& holder) {
  std::string chain;
  const auto add = [&](std::string_view what, std::string_view name) {
    chain += fmt::format(" <- {} {}", what, escape(name));
  };
  const bool by_process = holder.container && !holder.process.empty() && holder.source == Source::socket;
  if (by_process) add("process", holder.process);
  if (holder.container && !holder.container->image.empty()) add("image", holder.container->image);
  if (holder.compose) add("compose", holder.compose->project + "/" + holder.compose->service);
  return chain;
}

}  // namespace

std::string line_of(const Holder& holder) {
  auto line = fmt::format("{}: {}{}", to_string(holder.state), escape(describe(holder)), chain_of(holder));
  if (!holder.other_pids.empty()) {
    line += fmt::format(", also open in pid {}", holder.other_pids.front());
    if (holder.other_pids.size() > 1) line += fmt::format(" and {} more", holder.other_pids.size() - 1);
  }
  if (holder.inherited.value_or(false)) line += ", inherited";
  if (!holder.user.empty() && holder.pid) line += fmt::format(", user {}", escape(holder.user));
  if (!holder.exe.empty()) line += fmt::format(", {}", escape(holder.exe));
  if (!holder.since.empty()) line += fmt::format(", since {}", escape(holder.since));
  if (is_open(holder)) line += fmt::format("; reachable {}", exposure(holder.endpoint.address));
  if (is_past_the_firewall(holder)) line += ", past the firewall's input rules";
  return line;
}

}  // namespace berth::cli
