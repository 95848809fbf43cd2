#include "discover/apache_conditions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "discover/apache_syntax.h"

namespace berth::discover {
namespace {

// Compiled into every Apache 2.4, and into Debian's ("apache2 -l").
constexpr std::array<std::string_view, 14> compiled_in{
    "core.c",        "core_module",    "mod_so.c",     "so_module",        "http_core.c",
    "http_module",   "mod_unixd.c",    "unixd_module", "mod_log_config.c", "log_config_module",
    "mod_version.c", "version_module", "mod_logio.c",  "logio_module"};

// The source file of a module, by which <IfModule> may call it, follows from the file that is loaded but for a few.
std::string source_of(std::string_view name, std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);
  if (file.starts_with("libphp")) {
    // php_module of PHP 8 is mod_php.c, php7_module is mod_php7.c
    return "mod_" + std::string(name.substr(0, name.find('_'))) + ".c";
  }
  auto stem = file.substr(0, file.find('.'));
  constexpr std::string_view mpm = "mod_mpm_";
  if (stem.starts_with(mpm)) stem.remove_prefix(mpm.size());
  return std::string(stem) + ".c";
}

}  // namespace

void ApacheConditions::load_module(std::string_view name, std::string_view file, Truth holds) {
  if (holds == Truth::no) return;
  has_loaded_ = true;
  for (auto& alias : {std::string(name), source_of(name, file)}) {
    auto& truth = modules_.try_emplace(alias, holds).first->second;
    truth = either(truth, holds);
  }
}

Truth ApacheConditions::is_loaded(std::string_view name) const {
  if (const auto known = modules_.find(name); known != modules_.end()) return known->second;
  if (std::ranges::find(compiled_in, name) != compiled_in.end()) return Truth::yes;
  return has_loaded_ && !has_gap_ ? Truth::no : Truth::unknown;
}

void ApacheConditions::define(const std::string& name, const std::string& value, Truth holds) {
  if (holds == Truth::no || (defines_.size() >= most_assignments && !defines_.contains(name))) return;
  if (const auto known = defines_.find(name); holds == Truth::unknown && known != defines_.end()) {
    if (known->second != value) known->second.reset();
    return;
  }
  defines_[name] = holds == Truth::yes ? std::optional(value) : std::nullopt;
}

void ApacheConditions::undefine(const std::string& name, Truth holds) {
  if (holds == Truth::yes) defines_.erase(name);
  if (holds == Truth::unknown && defines_.contains(name)) defines_[name].reset();
}

Truth ApacheConditions::is_defined(const std::string& name) const {
  if (const auto known = defines_.find(name); known != defines_.end()) {
    return known->second ? Truth::yes : Truth::unknown;
  }
  if (!command_line_is_known_ || has_gap_) return Truth::unknown;
  return on_command_line_.contains(name) ? Truth::yes : Truth::no;
}

void ApacheConditions::set_environment(Assignments environment) {
  environment_ = std::move(environment);
  const auto arguments = environment_.find("APACHE_ARGUMENTS");
  command_line_is_known_ = arguments == environment_.end() || arguments->second.has_value();
  if (arguments == environment_.end() || !arguments->second) return;
  const auto words = apache_words(*arguments->second);
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!words[at].starts_with("-D")) continue;
    auto name = words[at].size() > 2 ? words[at].substr(2) : at + 1 < words.size() ? words[at + 1] : std::string();
    on_command_line_.insert(std::move(name));
  }
}

const std::string* ApacheConditions::value_of(const std::string& name) const {
  for (const auto* source : {&defines_, &environment_}) {
    if (const auto known = source->find(name); known != source->end()) {
      return known->second ? &*known->second : nullptr;
    }
  }
  return nullptr;
}

ApacheConditions::Expanded ApacheConditions::expand(std::string_view text) const {
  Expanded expanded;
  while (!text.empty()) {
    const auto begin = std::min(text.find("${"), text.size());
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos) break;
    expanded.text.append(text.substr(0, begin));
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto* value = value_of(name);
    const bool is_known = value != nullptr && expanded.text.size() + value->size() <= longest_expansion;
    expanded.text.append(is_known ? std::string_view(*value) : text.substr(begin, end + 1 - begin));
    // A colon makes it a look-up in a map of mod_rewrite.
    if (!is_known && !name.contains(':')) note_variable(expanded.unknown, name);
    text.remove_prefix(end + 1);
  }
  expanded.text.append(text);
  return expanded;
}

}  // namespace berth::discover
