#include "discover/haproxy_conditions.h"

#include <algorithm>
#include <utility>

#include "discover/words.h"

namespace berth::discover {
namespace {

// A number, or defined(NAME) of a variable that is known; either with `!` before it.
Truth evaluate(std::string_view condition, const Assignments& variables) {
  if (condition.starts_with('!')) return !evaluate(condition.substr(1), variables);
  if (condition.empty()) return Truth::no;
  if (condition.find_first_not_of("0123456789") == std::string_view::npos) {
    return condition.find_first_not_of('0') == std::string_view::npos ? Truth::no : Truth::yes;
  }
  constexpr std::string_view defined = "defined(";
  if (!condition.starts_with(defined) || condition.find(')') + 1 != condition.size()) return Truth::unknown;
  const std::string name(condition.substr(defined.size(), condition.size() - defined.size() - 1));
  const auto known = variables.find(name);
  return known != variables.end() && known->second ? Truth::yes : Truth::unknown;
}

}  // namespace

void HaproxyConditions::turn_to(Truth condition, std::string text) {
  auto& block = blocks_.back();
  block.now = both(condition, !block.before);
  block.before = either(block.before, condition);
  block.text = std::move(text);
}

bool HaproxyConditions::obey(std::span<const std::string> words, const Assignments& variables) {
  const auto& word = words.front();
  const bool is_start = word == ".if";
  if (!is_start && word != ".elif" && word != ".else" && word != ".endif") return true;
  if (!is_start && blocks_.empty()) return false;
  if (word == ".endif") {
    blocks_.pop_back();
    return true;
  }
  auto condition = word == ".else" ? Truth::yes : evaluate(joined(words.subspan(1)), variables);
  if (is_start) {
    if (blocks_.size() >= deepest) return false;
    blocks_.push_back({.now = Truth::no, .outer = holds()});
  }
  turn_to(condition, joined(words));
  return true;
}

Truth HaproxyConditions::holds() const {
  return blocks_.empty() ? Truth::yes : both(blocks_.back().outer, blocks_.back().now);
}

std::string HaproxyConditions::doubt() const {
  const auto block = std::ranges::find(blocks_.rbegin(), blocks_.rend(), Truth::unknown, &Block::now);
  return block == blocks_.rend() ? std::string() : block->text;
}

}  // namespace berth::discover
