#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace berth::cli {
namespace {

// Columns on a terminal: the code points, as nearly all of them are one column wide.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

}  // namespace

Table::Table(std::vector<std::string> headings) : columns_(headings.size()), widths_(headings.size()) {
  for (auto& heading : headings) *this << Cell{std::move(heading), Colour::dim};
}

Table& Table::operator<<(Cell cell) {
  auto& width = widths_[cells_.size() % columns_];
  width = std::max(width, width_of(cell.text));
  cells_.push_back(std::move(cell));
  return *this;
}

std::string Table::render(const Output& out, Stream stream) const {
  std::string text;
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    const auto column = index % columns_;
    const bool is_last = column + 1 == columns_;
    // A heading stands where its column's cells do.
    const bool right =
        index < columns_ ? index + columns_ < cells_.size() && cells_[index + columns_].right : cells_[index].right;
    const auto& cell = cells_[index];
    const auto padding = widths_[column] - width_of(cell.text);
    if (right) text.append(padding, ' ');
    out.append_painted(text, stream, cell.colour, cell.text);
    if (!right && !is_last) text.append(padding, ' ');
    if (!is_last) {
      text.append("  ");
    } else {
      text.erase(text.find_last_not_of(' ') + 1);
      text.push_back('\n');
    }
  }
  return text;
}

}  // namespace berth::cli
