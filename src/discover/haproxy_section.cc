#include "discover/haproxy_section.h"

#include <array>
#include <utility>

namespace berth::discover {
namespace {

using Kind = HaproxySectionKind;

constexpr std::array<std::pair<std::string_view, Kind>, 19> sections{{
    {"global", Kind::global},   {"defaults", Kind::defaults}, {"frontend", Kind::proxy},
    {"listen", Kind::proxy},    {"peers", Kind::peers},       {"log-forward", Kind::log_forward},
    {"backend", Kind::other},   {"resolvers", Kind::other},   {"userlist", Kind::other},
    {"mailers", Kind::other},   {"ring", Kind::other},        {"cache", Kind::other},
    {"program", Kind::other},   {"http-errors", Kind::other}, {"fcgi-app", Kind::other},
    {"crt-store", Kind::other}, {"traces", Kind::other},      {"log-profile", Kind::other},
    {"acme", Kind::other},
}};

void make_unresolved(Found& found, const std::string& why) {
  if (found.state == Found::State::unresolved) return;
  found.state = Found::State::unresolved;
  found.endpoint.reset();
  found.why = why;
}

}  // namespace

std::optional<HaproxySectionKind> haproxy_section_kind(std::string_view word) {
  for (const auto& [name, kind] : sections) {
    if (name == word) return kind;
  }
  return std::nullopt;
}

void HaproxySection::report(Findings& findings) {
  const bool has_peers = kind == Kind::peers;
  if (is_disabled == Truth::yes || (has_peers && is_local == Truth::no)) listens.clear();
  for (auto& found : listens) {
    if (is_disabled == Truth::unknown) make_unresolved(found, "the section may be disabled");
    if (has_peers && is_local == Truth::unknown) make_unresolved(found, "the name of the local peer is not known");
    findings.add(std::move(found));
  }
  listens.clear();
}

}  // namespace berth::discover
