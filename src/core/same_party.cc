#include "core/same_party.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/naming.h"

namespace berth {
namespace {

// Programs that are called otherwise than their configuration.
bool is_program_of(std::string_view program, std::string_view group) {
  if (group.empty()) return false;
  return program == group || (group == "apache" && (program == "apache2" || program == "httpd"));
}

bool is_engines(const Owner& owner) {
  return owner.kind == Owner::Kind::container || owner.kind == Owner::Kind::compose;
}

// Compose calls the containers of blog/web "blog-web-1"; before version 2 it was "blog_web_1".
bool is_container_of(std::string_view container, const std::string& compose) {
  const auto slash = compose.find('/');
  if (slash == std::string::npos) return false;
  const auto project = compose.substr(0, slash);
  const auto service = compose.substr(slash + 1);
  return container.starts_with(project + "-" + service) || container.starts_with(project + "_" + service);
}

bool are_different(const Owner& one, const Owner& other) {
  if (one.kind == other.kind) return one != other;
  // A program may have been started by hand before there was a unit for it.
  if (one.kind == Owner::Kind::exe || other.kind == Owner::Kind::exe) return false;
  if (!is_engines(one) || !is_engines(other)) return true;
  const auto& container = one.kind == Owner::Kind::container ? one : other;
  const auto& compose = one.kind == Owner::Kind::container ? other : one;
  return !is_container_of(container.name, compose.name);
}

}  // namespace

bool is_same_party(const Claim& there, const Claim& written) {
  if (there.party == written.party && !written.party.group.empty()) return true;
  if (there.owner && there.owner == written.owner) return true;
  // Of a compose project it is the service that must be the same; of a program, its name.
  if (written.source == "compose") return false;
  return is_program_of(there.program, written.party.group) || is_program_of(there.party.group, written.party.group);
}

bool is_elsewhere(const Claim& there, const Claim& written) {
  return there.is_there && there.party == written.party && written.target && there.target == written.target &&
         written.source == "compose";
}

bool is_called_as(const Allocation& registered, const Party& party) {
  const auto group = service_word(party.group);
  return !group.empty() && registered.service.substr(0, registered.service.find('/')) == group;
}

bool is_somebody_else(const Claim& claim, const Allocation& registered) {
  if (!registered.owner || !claim.owner) return false;
  if (registered.owner.kind != claim.owner.kind && is_called_as(registered, claim.party)) return false;
  return are_different(registered.owner, claim.owner);
}

std::vector<Claim> divided(const std::vector<Claim>& there, const std::vector<Claim>& written) {
  std::vector<Claim> parts;
  for (const auto& whole : there) {
    const auto ports = whole.endpoint.ports;
    if (!is_engines(whole.owner) || ports.size() == 1) {
      parts.push_back(whole);
      continue;
    }
    std::set<unsigned> starts{ports.first};
    for (const auto& said : written) {
      const auto part = said.endpoint.ports;
      if (part == ports || !ports.contains(part)) continue;
      if (said.endpoint.protocol != whole.endpoint.protocol || !is_same_party(whole, said)) continue;
      starts.insert({part.first, part.last + 1U});
    }
    starts.insert(ports.last + 1U);
    for (auto start = starts.begin(); std::next(start) != starts.end(); ++start) {
      auto part = whole;
      part.endpoint.ports = {static_cast<Port>(*start), static_cast<Port>(*std::next(start) - 1)};
      if (part.target) part.target = static_cast<Port>(*part.target + *start - ports.first);
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

}  // namespace berth
