#include "system/cgroup_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace berth::system {
namespace {

constexpr std::size_t container_id_length = 64;

// Cuts the first piece off `text`; false when nothing is left.
bool next_piece(std::string_view& text, char separator, std::string_view& piece) {
  if (text.empty()) return false;
  const auto end = std::min(text.find(separator), text.size());
  piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return true;
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "<64 digits>", "docker-<64 digits>.scope", "libpod-conmon-<64 digits>.scope", ...
std::string_view container_in(std::string_view piece) {
  if (piece.ends_with(".scope")) piece.remove_suffix(6);
  if (piece.size() < container_id_length) return {};
  const auto id = piece.substr(piece.size() - container_id_length);
  const auto before = piece.substr(0, piece.size() - container_id_length);
  return is_hexadecimal(id) && (before.empty() || before.ends_with('-')) ? id : std::string_view{};
}

// The types of units that have processes (systemd.unit(5)). A slice has none of its own.
bool is_unit(std::string_view piece) {
  constexpr std::array<std::string_view, 5> types{".service", ".scope", ".socket", ".mount", ".swap"};
  return std::ranges::any_of(types, [&](auto type) { return piece.ends_with(type) && piece.size() > type.size(); });
}

std::string_view without_deleted(std::string_view path) {
  constexpr std::string_view mark = " (deleted)";
  if (path.ends_with(mark)) path.remove_suffix(mark.size());
  return path;
}

// Of hierarchies that know a name, the one with the lowest number counts.
enum class Rank : std::uint8_t { unified, systemd, other, none };

Rank rank_of(std::string_view hierarchy, std::string_view controllers) {
  if (hierarchy == "0" && controllers.empty()) return Rank::unified;
  return controllers == "name=systemd" ? Rank::systemd : Rank::other;
}

}  // namespace

CgroupName name_of_cgroup(std::string_view path) {
  path = without_deleted(path);
  CgroupName name;
  for (std::string_view piece; next_piece(path, '/', piece);) {
    if (const auto id = container_in(piece); !id.empty()) return {{}, std::string(id)};
    if (is_unit(piece)) name.unit = piece;
  }
  return name;
}

CgroupName name_of_process_cgroups(std::string_view text) {
  CgroupName best;
  Rank best_rank = Rank::none;
  for (std::string_view line; next_piece(text, '\n', line);) {
    std::string_view hierarchy;
    std::string_view controllers;
    if (!next_piece(line, ':', hierarchy) || !next_piece(line, ':', controllers)) continue;
    const Rank rank = rank_of(hierarchy, controllers);
    if (rank >= best_rank) continue;
    if (auto name = name_of_cgroup(line); name) {
      best = std::move(name);
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace berth::system
