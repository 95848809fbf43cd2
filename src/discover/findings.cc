#include "discover/findings.h"

#include <utility>

namespace berth::discover {

void Findings::add(Found found) {
  if (discovery_.found.size() < most_found) {
    discovery_.found.push_back(std::move(found));
  } else if (!std::exchange(is_full_, true)) {
    add_problem(found.file, found.line, "more ports than " + std::to_string(most_found) + "; the rest is left out");
  }
}

void Findings::add_problem(const std::string& file, unsigned line, std::string message) {
  auto& problems = discovery_.problems;
  if (problems.size() > most_problems) return;
  if (problems.size() == most_problems) {
    is_full_ = true;
    message = "more problems than " + std::to_string(most_problems) + "; the rest is left out";
  }
  problems.push_back({file, line, std::move(message)});
}

Discovery Findings::take() { return std::exchange(discovery_, {}); }

std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 500;
  if (text.size() <= longest) return std::string(text);
  return std::string(text.substr(0, longest)) + "...";
}

}  // namespace berth::discover
