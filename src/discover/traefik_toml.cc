// The only file that knows toml++. Without exceptions: a parse returns what is wrong.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <optional>
#include <utility>

#include "discover/traefik_settings.h"

namespace berth::discover {
namespace {

// A key of many parts makes as many tables, one in the other, which are then left again by recursion.
constexpr std::size_t most_dots = 100;

// The line where a key has too many parts.
std::optional<unsigned> too_deep(std::string_view text) {
  unsigned line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '.' && ++dots > most_dots) return line;
    if (c == '\n') ++line;
    if (std::string_view("\n=,{}[]").contains(c)) dots = 0;
  }
  return std::nullopt;
}

class TomlReader {
 public:
  void read(const toml::table& table) {
    for (const auto& [key, value] : table) {
      if (settings_.size() == most_settings) return;
      path_.emplace_back(key.str());
      const auto* inner = value.as_table();
      if (inner != nullptr && !inner->empty() && path_.size() < deepest_setting) {
        read(*inner);
      } else {
        settings_.push_back({path_, text_of(value), key.source().begin.line});
      }
      path_.pop_back();
    }
  }
  TraefikSettings settings() && { return std::move(settings_); }

 private:
  static std::string text_of(const toml::node& value) {
    if (const auto text = value.value_exact<std::string>()) return *text;
    const auto flag = value.value_exact<bool>();
    return flag ? (*flag ? "true" : "false") : "";
  }

  std::vector<std::string> path_;
  TraefikSettings settings_;
};

}  // namespace

std::expected<TraefikSettings, Problem> traefik_settings_of_toml(std::string_view text) {
  if (const auto line = too_deep(text)) return std::unexpected(Problem{"", *line, "a key has too many parts"});
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    return std::unexpected(Problem{"", error.source().begin.line, std::string(error.description())});
  }
  TomlReader reader;
  reader.read(parsed.table());
  return std::move(reader).settings();
}

}  // namespace berth::discover
