#include "discover/traefik_settings.h"

#include <algorithm>
#include <utility>

#include "discover/yaml_tree.h"

namespace berth::discover {
namespace {

class YamlReader {
 public:
  void read(const YamlTree::Value& value) {
    for (const auto& [key, line, inner] : value.members()) {
      if (settings_.size() == most_settings) return;
      path_.emplace_back(key);
      if (inner.is(YamlTree::Type::mapping) && path_.size() < deepest_setting && !inner.members().empty()) {
        read(inner);
      } else if (!inner.is(YamlTree::Type::null)) {
        settings_.push_back({path_, std::string(inner.text()), line});
      }
      path_.pop_back();
    }
  }
  TraefikSettings settings() && { return std::move(settings_); }

 private:
  std::vector<std::string> path_;
  TraefikSettings settings_;
};

std::vector<std::string> path_in(std::string_view name) {
  std::vector<std::string> path;
  while (!name.empty()) {
    const auto dot = name.find('.');
    path.emplace_back(name.substr(0, dot));
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return path;
}

}  // namespace

std::expected<TraefikSettings, Problem> traefik_settings_of_yaml(std::string_view text) {
  const auto tree = YamlTree::parse(text);
  if (!tree) return std::unexpected(Problem{"", tree.error().line, tree.error().message});
  YamlReader reader;
  if (const auto documents = tree->documents(); !documents.empty()) reader.read(documents.front());
  return std::move(reader).settings();
}

TraefikSettings traefik_settings_of_arguments(const std::vector<std::string>& arguments) {
  TraefikSettings settings;
  for (std::size_t index = 0; index < arguments.size() && settings.size() < most_settings; ++index) {
    std::string_view word = arguments[index];
    if (!word.starts_with('-')) continue;
    word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
    const auto equals = word.find('=');
    TraefikSetting setting{path_in(word.substr(0, equals)), "true", 0};
    if (equals != std::string_view::npos) {
      setting.value = word.substr(equals + 1);
    } else if (index + 1 < arguments.size() && !arguments[index + 1].starts_with('-')) {
      setting.value = arguments[++index];
    }
    if (!setting.path.empty()) settings.push_back(std::move(setting));
  }
  return settings;
}

bool same_word(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace berth::discover
