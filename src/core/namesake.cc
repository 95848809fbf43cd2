#include "core/namesake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/quote.h"
#include "core/spec.h"

namespace berth {
namespace {

// "redis-server" of "Redis-Server/tls" and of "redis-server.service".
std::string first_word(std::string_view name) {
  std::string word(name.substr(0, name.find('/')));
  for (auto& byte : word) {
    if ('A' <= byte && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return word;
}

bool is_part_of_a_word(std::string_view text, std::size_t place) {
  if (place >= text.size()) return false;
  return ('a' <= text[place] && text[place] <= 'z') || ('0' <= text[place] && text[place] <= '9');
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto place = text.find(word); place != std::string_view::npos; place = text.find(word, place + 1)) {
    const bool begins = place == 0 || !is_part_of_a_word(text, place - 1);
    if (begins && !is_part_of_a_word(text, place + word.size())) return true;
  }
  return false;
}

bool are_akin(std::string_view left, std::string_view right) {
  constexpr std::size_t shortest = 3;
  if (left.size() > right.size()) std::swap(left, right);
  return left.size() >= shortest && (right.starts_with(left) || has_word(right, left));
}

}  // namespace

bool may_be_called(const Allocation& registered, std::string_view service) {
  const auto word = first_word(service);
  if (are_akin(word, first_word(registered.service))) return true;
  const bool is_named = registered.owner.kind != Owner::Kind::none && registered.owner.kind != Owner::Kind::exe;
  return is_named && are_akin(word, first_word(registered.owner.name));
}

std::string advise_on_namesake(const Allocation& registered, std::string_view service, bool is_asking_registered,
                               bool in_use) {
  const auto own = operand(service);
  const auto spec = to_spec(registered.endpoint);
  const auto released = is_asking_registered ? operands({service, registered.service}) : operand(registered.service);
  const auto anew = in_use ? fmt::format("berth migrate --running {}={}", shell_word(service), spec)
                           : fmt::format("berth register {} {} {}", own, spec, to_string(registered.kind));
  return fmt::format(
      "if {} is the same service, ask under that name: berth register {} {}\n"
      "or call it {} from now on: berth release {}, then {}",
      escape(registered.service), operand(registered.service), spec, escape(service), released, anew);
}

}  // namespace berth
