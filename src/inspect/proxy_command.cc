#include "inspect/proxy_command.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "core/address.h"

namespace berth::inspect {
namespace {

constexpr std::size_t container_id_length = 64;

std::vector<std::string_view> words_of(std::string_view command_line) {
  std::vector<std::string_view> words;
  while (!command_line.empty()) {
    const auto end = std::min(command_line.find('\0'), command_line.size());
    words.push_back(command_line.substr(0, end));
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
  }
  return words;
}

// The value of the first "-name VALUE", "--name VALUE" or "-name=VALUE".
std::string_view option(const std::vector<std::string_view>& words, std::string_view name) {
  for (std::size_t at = 1; at < words.size(); ++at) {
    auto word = words[at];
    if (!word.starts_with('-')) continue;
    word.remove_prefix(word.starts_with("--") ? 2 : 1);
    if (!word.starts_with(name)) continue;
    word.remove_prefix(name.size());
    if (word.starts_with('=')) return word.substr(1);
    if (word.empty() && at + 1 < words.size()) return words[at + 1];
  }
  return {};
}

// Without leading zeros, as the engine writes it.
bool is_port(std::string_view text) {
  if (text.starts_with('0')) return false;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port <= 65535;
}

bool is_container_id(std::string_view text) {
  return text.size() == container_id_length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string target_of_docker_proxy(std::string_view command_line, const Endpoint& endpoint) {
  const auto words = words_of(command_line);
  const auto address = Address::parse(option(words, "container-ip"));
  const auto port = option(words, "container-port");
  if (!address || !is_port(port)) return {};
  if (option(words, "host-port") != std::to_string(endpoint.ports.first)) return {};
  if (option(words, "proto") != to_string(endpoint.protocol)) return {};
  std::string target = address->to_string();
  if (address->family() == Address::Family::ipv6) target = "[" + target + "]";
  return target.append(":").append(port);
}

std::string container_of_conmon(std::string_view command_line) {
  const auto words = words_of(command_line);
  for (const char* name : {"c", "cid"}) {
    if (const auto id = option(words, name); is_container_id(id)) return std::string(id);
  }
  return {};
}

}  // namespace berth::inspect
