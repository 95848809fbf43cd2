#include "inspect/engine_client.h"

#include <utility>
#include <vector>

namespace berth::inspect {

using system::HttpAnswer;

const EngineClient::Answer& EngineClient::get(const std::string& target,
                                              std::chrono::steady_clock::time_point deadline) {
  const auto known = answers_.find(target);
  if (known != answers_.end()) return known->second;
  return answers_.emplace(target, client_.get(target, deadline)).first->second;
}

std::expected<void, system::Error> EngineClient::get_each(std::span<const std::string> targets,
                                                          std::chrono::steady_clock::time_point deadline,
                                                          const Take& take) {
  std::vector<std::string> unknown;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < targets.size(); ++index) {
    const auto known = answers_.find(targets[index]);
    if (known == answers_.end()) {
      unknown.push_back(targets[index]);
      places.push_back(index);
    } else if (!known->second) {
      return std::unexpected(known->second.error());
    } else if (!take(index, *known->second)) {
      return {};
    }
  }
  return client_.get_each(unknown, deadline, [&](std::size_t index, HttpAnswer answer) {
    const auto at = answers_.insert_or_assign(unknown[index], std::move(answer)).first;
    return take(places[index], *at->second);
  });
}

}  // namespace berth::inspect
