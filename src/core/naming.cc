#include "core/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace berth {
namespace {

constexpr std::size_t longest_word = 63;

bool is_letter_or_digit(char byte) {
  return ('a' <= byte && byte <= 'z') || ('A' <= byte && byte <= 'Z') || ('0' <= byte && byte <= '9');
}

// With one more word, which must fit.
std::string extended(const std::string& base, const std::string& word) {
  const bool is_full = base.contains('/');
  if (!is_full) return base + "/" + word;
  const auto room = base.find('/') + 1 + longest_word - word.size() - 1;
  return base.substr(0, room) + "-" + word;
}

}  // namespace

std::string service_word(std::string_view text) {
  std::string word;
  for (const char byte : text) {
    const bool is_plain = is_letter_or_digit(byte) || byte == '.' || byte == '_' || byte == '-';
    if (word.empty() && !is_letter_or_digit(byte)) continue;
    if (is_plain) word.push_back(byte);
    if (!is_plain && !word.ends_with('-')) word.push_back('-');
  }
  if (word.size() > longest_word) word.resize(longest_word);
  while (word.ends_with('-')) word.pop_back();
  return word;
}

Naming::Naming(const std::vector<Claim>& claims, const std::function<bool(std::size_t)>& counts) {
  for (std::size_t index = 0; index < claims.size(); ++index) {
    const auto& claim = claims[index];
    members_[claim.party.group].insert(claim.party.member);
    if (!counts(index)) continue;
    const auto rank = rank_of(claim);
    const auto [main, is_first] = main_.try_emplace({claim.party.group, claim.party.member}, rank);
    if (!is_first) main->second = std::min(main->second, rank);
  }
}

Naming::Rank Naming::rank_of(const Claim& claim) {
  const auto& endpoint = claim.endpoint;
  const bool may_be_ssh = endpoint.ports.first == 22 || endpoint.ports.first == 2222;
  const bool is_ssh = claim.target ? *claim.target == 22 : may_be_ssh && endpoint.protocol != Protocol::udp;
  constexpr auto undeclared = std::numeric_limits<std::size_t>::max();
  return {is_ssh, claim.place.value_or(undeclared), endpoint.protocol == Protocol::udp, endpoint.ports};
}

bool Naming::is_main(const Claim& claim) const {
  const auto main = main_.find({claim.party.group, claim.party.member});
  return main == main_.end() || rank_of(claim) <= main->second;
}

std::string Naming::base(const Party& party) const {
  const auto group = service_word(party.group);
  auto member = service_word(party.member);
  if (group.empty()) return member;
  const auto members = members_.find(party.group);
  const bool is_alone = members == members_.end() || members->second.size() < 2;
  return is_alone || member.empty() || member == group ? group : group + "/" + member;
}

std::string Naming::name(const Claim& claim, const std::function<bool(std::string_view)>& is_taken) const {
  auto base = this->base(claim.party);
  if (base.empty() || (is_main(claim) && !is_taken(base))) return base;
  if (claim.target) {
    if (auto name = extended(base, std::to_string(*claim.target)); !is_taken(name)) return name;
  }
  // The same port may be there twice, on two addresses.
  const auto first = std::to_string(claim.endpoint.ports.first);
  if (auto name = extended(base, first); !is_taken(name)) return name;
  for (unsigned count = 2;; ++count) {
    auto name = extended(base, fmt::format("{}-{}", first, count));
    if (!is_taken(name)) return name;
  }
}

}  // namespace berth
