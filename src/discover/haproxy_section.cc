#include "discover/haproxy_section.h"

#include <array>
#include <utility>

namespace berth::discover {
namespace {

using SectionKind = HaproxySectionKind;

constexpr std::array<std::pair<std::string_view, SectionKind>, 19> sections{{
    {"global", SectionKind::global},   {"defaults", SectionKind::defaults}, {"frontend", SectionKind::proxy},
    {"listen", SectionKind::proxy},    {"peers", SectionKind::peers},       {"log-forward", SectionKind::log_forward},
    {"backend", SectionKind::other},   {"resolvers", SectionKind::other},   {"userlist", SectionKind::other},
    {"mailers", SectionKind::other},   {"ring", SectionKind::other},        {"cache", SectionKind::other},
    {"program", SectionKind::other},   {"http-errors", SectionKind::other}, {"fcgi-app", SectionKind::other},
    {"crt-store", SectionKind::other}, {"traces", SectionKind::other},      {"log-profile", SectionKind::other},
    {"acme", SectionKind::other},
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
  const bool has_peers = kind == SectionKind::peers;
  if (is_disabled == Truth::yes || (has_peers && is_local == Truth::no)) listens.clear();
  for (auto& found : listens) {
    if (is_disabled == Truth::unknown) make_unresolved(found, "the section may be disabled");
    if (has_peers && is_local == Truth::unknown) make_unresolved(found, "the name of the local peer is not known");
    findings.add(std::move(found));
  }
  listens.clear();
}

}  // namespace berth::discover
