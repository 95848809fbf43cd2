#include "core/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/ownership.h"
#include "core/quote.h"

namespace berth {
namespace {

bool is_service_unit(const Holder& holder) { return holder.unit.ends_with(".service"); }

void advise_on_claim(const Holder& holder, std::vector<std::string>& advice) {
  if (has_name(holder.container)) {
    advice.push_back(fmt::format("stop the container: docker stop {}", operand(holder.container->name)));
  } else if (is_service_unit(holder)) {
    advice.push_back(fmt::format("stop the unit: systemctl stop {}", operand(holder.unit)));
  } else if (holder.pid) {
    advice.push_back(fmt::format("stop the process: pid {} ({})", *holder.pid,
                                 escape(holder.process.empty() ? "?" : holder.process)));
  }
}

void advise_on_passing(const Holder& holder, std::vector<std::string>& advice) {
  if (holder.state == HolderState::draining) {
    advice.push_back(holder.seconds_left
                         ? fmt::format("wait {} s: a closed connection is draining", *holder.seconds_left)
                         : "wait a minute: a closed connection is draining");
  } else {
    advice.push_back(fmt::format("wait until the connection{} ends, or stop {}",
                                 holder.remote.empty() ? "" : " to " + holder.remote,
                                 holder.pid ? fmt::format("pid {}", *holder.pid) : "its process"));
  }
}

void add_once(std::vector<std::string>& advice, std::vector<std::string> more) {
  for (auto& line : more) {
    if (std::ranges::find(advice, line) == advice.end()) advice.push_back(std::move(line));
  }
}

}  // namespace

std::vector<std::string> advise(const Situation& situation) {
  const auto spec = to_spec(situation.endpoint);
  std::vector<std::string> advice;
  if (situation.verdict == Verdict::free) {
    advice.emplace_back(fmt::format("take it: berth register NAME {}", spec));
    return advice;
  }
  if (situation.verdict == Verdict::unknown)
    advice.emplace_back("look again as root, or from where ports may be bound");
  if (situation.next) advice.push_back(fmt::format("use another port: {} is available", to_string(*situation.next)));
  for (const auto& holder : situation.holders) {
    std::vector<std::string> lines;
    claims(holder) ? advise_on_claim(holder, lines) : advise_on_passing(holder, lines);
    add_once(advice, std::move(lines));
  }
  const auto listens = [](const Holder& holder) { return holder.state == HolderState::listening; };
  if (situation.allocations.empty() && std::ranges::any_of(situation.holders, listens)) {
    advice.push_back(fmt::format("if it belongs there, record it: berth migrate --running NAME={}", spec));
  }
  for (const auto& allocation : situation.allocations) {
    advice.push_back(fmt::format("if {} does not need it any more: berth release {}", escape(allocation.service),
                                 operand(allocation.service)));
  }
  return advice;
}

}  // namespace berth
