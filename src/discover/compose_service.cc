#include "discover/compose_service.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace berth::discover {
namespace {

template <typename T>
Saying<std::vector<T>> merged(Saying<std::vector<T>> weaker, Saying<std::vector<T>> stronger) {
  if (stronger.replaces) return stronger;
  std::ranges::move(stronger.value, std::back_inserter(weaker.value));
  return weaker;
}

}  // namespace

ComposeService merge(ComposeService weaker, ComposeService stronger) {
  if (stronger.replaces) return stronger;
  stronger.ports = merged(std::move(weaker.ports), std::move(stronger.ports));
  stronger.profiles = merged(std::move(weaker.profiles), std::move(stronger.profiles));
  if (stronger.network_mode.value.empty() && !stronger.network_mode.replaces) {
    stronger.network_mode = std::move(weaker.network_mode);
    stronger.network_mode_line = weaker.network_mode_line;
  }
  if (!stronger.extends) stronger.extends = std::move(weaker.extends);
  return stronger;
}

std::vector<ComposeService> merge(std::vector<ComposeService> weaker, std::vector<ComposeService> stronger) {
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t place = 0; place < weaker.size(); ++place) places.emplace(weaker[place].name, place);
  for (auto& service : stronger) {
    if (const auto known = places.find(service.name); known != places.end()) {
      auto& before = weaker[known->second];
      before = merge(std::move(before), std::move(service));
    } else {
      places.emplace(service.name, weaker.size());
      weaker.push_back(std::move(service));
    }
  }
  return weaker;
}

}  // namespace berth::discover
