#include "core/attribution.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>
#include <string_view>

namespace berth {
namespace {

constexpr std::int32_t first_process = 1;

bool is_published(const Holder& holder) {
  return holder.source == Source::container && holder.state == HolderState::published;
}

// "10.200.0.2:81": where the second port of 9000-9001 is sent on to, if all are to 10.200.0.2:80-81.
std::string target_of(const Holder& holder, Port port) {
  const auto& all = holder.forwards_to;
  const auto dash = all.rfind('-');
  const auto colon = all.rfind(':');
  if (dash == std::string::npos || colon == std::string::npos || dash < colon) return all;
  unsigned first = 0;
  std::from_chars(all.data() + colon + 1, all.data() + dash, first);
  return all.substr(0, colon + 1) + std::to_string(first + port - holder.endpoint.ports.first);
}

void take_container(Holder& holder, const Holder& from) {
  holder.container = from.container;
  holder.compose = from.compose;
  if (!holder.forwards_to.empty()) return;
  const auto& ports = holder.endpoint.ports;
  holder.forwards_to = ports.size() == 1 ? target_of(from, ports.first) : from.forwards_to;
}

void name_containers(Holder& holder, const std::vector<KnownContainer>& containers) {
  if (!holder.container || has_name(holder.container) || holder.container->id.empty()) return;
  const auto known =
      std::ranges::find(containers, holder.container->id, [](const KnownContainer& each) { return each.container.id; });
  if (known == containers.end()) return;
  holder.container = known->container;
  holder.compose = known->compose;
}

// "10.200.0.2:80" of two sides that overlap; unknown on either side: nothing speaks against it.
bool may_forward_to_the_same(const Holder& left, const Holder& right) {
  if (left.forwards_to.empty() || right.forwards_to.empty()) return true;
  const auto common = std::max(left.endpoint.ports.first, right.endpoint.ports.first);
  return target_of(left, common) == target_of(right, common);
}

// Which container a holder without one of its own works for: the one that the engine has published there; for a NAT
// rule that outlived the engine, the one that is configured so.
const Holder* container_behind(const Holder& holder, const std::vector<Holder>& all) {
  const Holder* configured = nullptr;
  for (const auto& other : all) {
    if (other.source != Source::container || !has_name(other.container)) continue;
    if (!overlap(other.endpoint, holder.endpoint) || !may_forward_to_the_same(other, holder)) continue;
    if (is_published(other)) return &other;
    if (holder.source == Source::nat && !holder.forwards_to.empty()) configured = &other;
  }
  return configured;
}

// The declaration of a socket that process 1 opened: an enabled one before others; none if two may be meant.
const Holder* declaration_of(const Holder& socket, const std::vector<Holder>& all) {
  const Holder* found = nullptr;
  for (const auto& other : all) {
    if (other.source != Source::systemd || other.endpoint != socket.endpoint) continue;
    const bool is_better = found == nullptr || (other.enabled == true && found->enabled != true);
    if (!is_better && other.enabled == found->enabled) return nullptr;
    if (is_better) found = &other;
  }
  return found;
}

bool needs_container(const Holder& holder) {
  if (holder.container || holder.source == Source::container) return false;
  return holder.source == Source::nat || forwards_for_containers(holder);
}

// The other holder says the same, and more.
bool is_echo_of(const Holder& echo, const Holder& voice) {
  if (!overlap(echo.endpoint, voice.endpoint)) return false;
  const bool same_container =
      has_name(echo.container) && has_name(voice.container) && echo.container->name == voice.container->name;
  // Of a container that is only configured, a rule that was left behind says more.
  if (echo.source == Source::container) {
    const bool is_rule = voice.source == Source::nat && !is_published(echo);
    return same_container && (voice.source == Source::socket || is_rule);
  }
  if (echo.source == Source::nat) return same_container && (voice.source == Source::socket || is_published(voice));
  if (echo.source != Source::systemd || voice.source != Source::socket || voice.unit.empty()) return false;
  return voice.unit == echo.unit || voice.unit == echo.activates;
}

}  // namespace

void attribute(Census& census) {
  for (auto& holder : census.holders) name_containers(holder, census.containers);
  for (auto& holder : census.elsewhere) name_containers(holder, census.containers);
  for (auto& holder : census.holders) {
    if (needs_container(holder)) {
      if (const auto* behind = container_behind(holder, census.holders)) take_container(holder, *behind);
    }
    if (holder.source != Source::socket || holder.pid != first_process) continue;
    if (const auto* declared = declaration_of(holder, census.holders)) {
      holder.unit = declared->unit;
      holder.activates = declared->activates;
    }
  }
}

bool forwards_for_containers(const Holder& holder) {
  // The last two only while they have no proxy of their own: dockerd without userland-proxy, podman's conmon.
  constexpr std::array<std::string_view, 7> names{"docker-proxy", "rootlessport", "rootlesskit", "slirp4netns",
                                                  "pasta",        "conmon",       "dockerd"};
  return holder.source == Source::socket && std::ranges::find(names, holder.process) != names.end();
}

bool is_stale_proxy(const Holder& holder, const Census& census) {
  const bool answered = std::ranges::find(census.answered, Source::container) != census.answered.end();
  return answered && holder.process == "docker-proxy" && !holder.container && claims(holder);
}

std::vector<Holder> without_echoes(const std::vector<Holder>& holders) {
  std::vector<Holder> voices;
  std::ranges::copy_if(holders, std::back_inserter(voices), [&](const Holder& holder) {
    return holder.source == Source::socket ||
           std::ranges::none_of(holders, [&](const Holder& other) { return is_echo_of(holder, other); });
  });
  return voices;
}

}  // namespace berth
