#include "discover/variables.h"

#include <algorithm>
#include <utility>

#include "system/trimmed.h"

namespace berth::discover {
namespace {

using system::trimmed;

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_';
}
bool is_digit(char character) { return character >= '0' && character <= '9'; }

std::size_t length_of_name(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  const auto* end = std::ranges::find_if_not(text, [](char each) { return is_letter(each) || is_digit(each); });
  return static_cast<std::size_t>(end - text.begin());
}

constexpr std::string_view blanks = " \t\r";

bool unsets(std::string_view line, std::string_view name) {
  if (!line.starts_with("unset ")) return false;
  const auto at = line.rfind(name);
  if (at == std::string_view::npos || at == 0 || line[at - 1] != ' ') return false;
  const auto end = at + name.size();
  return end == line.size() || line[end] == ' ';
}

// What a line that is no assignment may still change: `test ... && A=1`, `unset A`, `: ${A:=1}`.
void forget(Assignments& assigned, std::string_view line) {
  for (auto& [name, value] : assigned) {
    if (line.contains(name + "=") || line.contains(name + ":=") || unsets(line, name)) value.reset();
  }
}

// A word of plain text, in quotes or not, with nothing after it but a comment.
std::optional<std::string> plain_value(std::string_view text) {
  std::string value;
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!trimmed(rest, blanks).empty() && !trimmed(rest, blanks).starts_with('#')) return std::nullopt;
    value = text.substr(1, end - 1);
    if (text.front() == '\'') return value;
  } else {
    const auto end = text.find_first_of(" \t");
    const auto rest = end == std::string_view::npos ? std::string_view() : trimmed(text.substr(end), blanks);
    if (!rest.empty() && !rest.starts_with('#')) return std::nullopt;
    value = text.substr(0, end);
    if (value.find_first_of(";&|<>()'\"*?[~") != std::string::npos) return std::nullopt;
  }
  if (value.find_first_of("$`\\") != std::string::npos) return std::nullopt;
  return value;
}

// How many conditions and loops a line opens (or closes, if negative).
int depth_of(std::string_view line) {
  const auto word = line.substr(0, line.find_first_of(" \t;("));
  if (word == "if" || word == "case" || word == "for" || word == "while" || word == "until" || word == "{") return 1;
  if (word == "fi" || word == "esac" || word == "done" || word == "}") return -1;
  return line.ends_with("{") ? 1 : 0;
}
bool closes_itself(std::string_view line) {
  return line.ends_with("fi") || line.ends_with("esac") || line.ends_with("done") || line.ends_with("}");
}

}  // namespace

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    auto rest = text.substr(at + 1);
    if (rest.starts_with('{')) rest.remove_prefix(1);
    note_variable(names, rest.substr(0, length_of_name(rest)));
  }
  return names;
}

void note_variable(std::vector<std::string>& names, std::string_view name) {
  constexpr std::size_t most = 100;
  if (name.empty() || names.size() >= most) return;
  if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

Assignments read_assignments(std::string_view script) {
  Assignments assigned;
  int depth = 0;
  while (!script.empty()) {
    const auto end = script.find('\n');
    auto line = trimmed(script.substr(0, end), blanks);
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
    if (const auto change = depth_of(line); change > 0 && !closes_itself(line)) {
      ++depth;
    } else if (change < 0 && depth > 0) {
      --depth;
    }
    if (line.starts_with("export ")) line = trimmed(line.substr(7), blanks);
    const auto length = length_of_name(line);
    if (length == 0 || length >= line.size() || line[length] != '=') {
      if (!line.starts_with('#')) forget(assigned, line);
      continue;
    }
    if (assigned.size() >= most_assignments) break;
    assigned[std::string(line.substr(0, length))] = depth > 0 ? std::nullopt : plain_value(line.substr(length + 1));
  }
  return assigned;
}

}  // namespace berth::discover
