#include "system/unit_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace berth::system {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::array<std::string_view, 11> types{"service", "socket", "target", "device", "mount", "automount",
                                                 "swap",    "timer",  "path",   "slice",  "scope"};

bool is_name_character(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         std::string_view(":-_.\\@").contains(letter);
}

// "a-b" -> "a-", "a-b-" -> "a-", "a--" -> "a-"; empty if there is no shorter one.
std::string_view shorter_prefix(std::string_view prefix) {
  auto dash = prefix.rfind('-');
  // A dash at the end is what the longer one left.
  if (dash != std::string_view::npos && dash + 1 == prefix.size()) dash = prefix.substr(0, dash).rfind('-');
  return dash == std::string_view::npos || dash == 0 ? std::string_view{} : prefix.substr(0, dash + 1);
}

// unit_file_find_dirs() of systemd's src/shared/dropin.c.
void append_drop_in_names(const std::string& name, std::vector<std::string>& names) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  const auto parts = parse_unit_name(name);
  if (!parts) return;
  if (parts->is_instance()) append_drop_in_names(with_instance(*parts, ""), names);
  const auto prefix = shorter_prefix(parts->prefix);
  if (prefix.empty()) return;
  // A shorter template is no template any more.
  append_drop_in_names(parts->is_instance() ? with_instance({prefix, {}, parts->type}, *parts->instance)
                                            : std::string(prefix) + "." + std::string(parts->type),
                       names);
}

std::string_view last_component(std::string_view prefix) {
  const auto dash = prefix.rfind('-');
  return dash == std::string_view::npos ? prefix : prefix.substr(dash + 1);
}

// What stands for something that only the running system knows (systemd.unit(5), "Specifiers").
bool is_of_the_system(char specifier) {
  return std::string_view("aAbBcCdDEfgGhHlLmMoqrRsStTuUvVwWyY").contains(specifier);
}

std::optional<std::string> expansion_of(char specifier, std::string_view whole, const UnitName& name) {
  switch (specifier) {
    case '%':
      return "%";
    case 'n':
      return std::string(whole);
    case 'N':
      return std::string(whole.substr(0, whole.size() - name.type.size() - 1));
    case 'p':
      return std::string(name.prefix);
    case 'P':
      return unescape_unit_name(name.prefix);
    case 'i':
      return std::string(name.instance.value_or(""));
    case 'I':
      return unescape_unit_name(name.instance.value_or(""));
    case 'j':
      return std::string(last_component(name.prefix));
    case 'J':
      return unescape_unit_name(last_component(name.prefix));
    default:
      if (is_of_the_system(specifier)) return std::nullopt;
      // What is no specifier stays as it is.
      return std::string{'%', specifier};
  }
}

}  // namespace

std::optional<UnitName> parse_unit_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() > longest_name) return std::nullopt;
  UnitName parts{name.substr(0, dot), std::nullopt, name.substr(dot + 1)};
  if (std::ranges::find(types, parts.type) == types.end() || !std::ranges::all_of(parts.prefix, is_name_character)) {
    return std::nullopt;
  }
  const auto at = parts.prefix.find('@');
  if (at == 0) return std::nullopt;
  if (at != std::string_view::npos) {
    parts.instance = parts.prefix.substr(at + 1);
    parts.prefix = parts.prefix.substr(0, at);
  }
  return parts;
}

std::string with_instance(const UnitName& name, std::string_view instance) {
  std::string text(name.prefix);
  text += '@';
  text += instance;
  text += '.';
  text += name.type;
  return text;
}

std::vector<std::string> drop_in_names(std::string_view name) {
  std::vector<std::string> names;
  append_drop_in_names(std::string(name), names);
  return names;
}

std::string unescape_unit_name(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    std::uint8_t byte = 0;
    if (text.starts_with("\\x") && text.size() >= 4 &&
        std::from_chars(text.data() + 2, text.data() + 4, byte, 16).ptr == text.data() + 4) {
      plain += static_cast<char>(byte);
      text.remove_prefix(4);
      continue;
    }
    plain += text.front() == '-' ? '/' : text.front();
    text.remove_prefix(1);
  }
  return plain;
}

std::optional<std::string> expand_specifiers(std::string_view value, std::string_view name) {
  const auto parts = parse_unit_name(name);
  if (!parts) return std::nullopt;
  std::string expanded;
  while (!value.empty()) {
    const auto percent = std::min(value.find('%'), value.size());
    expanded += value.substr(0, percent);
    value.remove_prefix(percent);
    if (value.size() < 2) return expanded += value;
    const auto replacement = expansion_of(value[1], name, *parts);
    if (!replacement) return std::nullopt;
    expanded += *replacement;
    value.remove_prefix(2);
  }
  return expanded;
}

}  // namespace berth::system
