#include "store/history_file.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "system/durable_file.h"
#include "system/read_file.h"

namespace berth::store {
namespace {

// Whole lines alone, if something before them was left out.
std::string_view without_part_of_line(std::string_view end, bool is_whole) {
  if (is_whole) return end;
  const auto newline = end.find('\n');
  return newline == std::string_view::npos ? std::string_view() : end.substr(newline + 1);
}

// The last `count` lines; what stands after the last newline does not count.
std::string_view last_lines(std::string_view text, std::size_t count) {
  auto newline = text.rfind('\n');
  while (newline != std::string_view::npos && newline > 0 && count > 0) {
    newline = text.rfind('\n', newline - 1);
    --count;
  }
  if (newline == std::string_view::npos || count > 0) return text;
  return text.substr(newline + 1);
}

}  // namespace

std::expected<std::string, system::Error> read_history(const std::string& path) {
  auto file = system::read_end(path, system::largest_file);
  if (!file) return std::unexpected(std::move(file.error()));
  if (!*file) return std::string();
  auto& [text, status] = **file;
  const auto lines = without_part_of_line(text, status.size <= system::largest_file);
  text.erase(0, text.size() - lines.size());
  return std::move(text);
}

std::expected<void, system::Error> leave_other_names(system::Files& files, const std::string& path) {
  const auto file = system::read_end(path, system::largest_file);
  if (!file) return std::unexpected(file.error());
  if (!*file) return {};
  const auto& [text, status] = **file;
  const auto lines = without_part_of_line(text, status.size <= system::largest_file);
  return system::replace_file(files, path, lines, status);
}

std::expected<void, system::Error> prune_history(system::Files& files, const std::string& path, std::uint64_t revision,
                                                 const HistoryBound& bound) {
  if (revision % bound.every != 0) return {};
  const auto file = system::read_end(path, bound.bytes);
  if (!file) return std::unexpected(file.error());
  if (!*file) return {};
  const auto& [text, status] = **file;
  const auto kept = last_lines(without_part_of_line(text, status.size <= bound.bytes), bound.commits);
  if (kept.size() >= status.size) return {};
  return system::replace_file(files, path, kept, status);
}

}  // namespace berth::store
