#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace berth::cli {
namespace {

// Columns on a terminal: the code points, as nearly all of them are one column wide.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

// Less room than this is not worth the lines that it takes.
constexpr std::size_t least_room = 30;

// As many words as there is room for, and at least one, are taken from `text`.
std::string_view take_line(std::string_view& text, std::size_t room) {
  std::size_t end = 0;
  while (end < text.size()) {
    const auto next = std::min(text.find(' ', end + 1), text.size());
    if (end > 0 && width_of(text.substr(0, next)) > room) break;
    end = next;
  }
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
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

void Table::append_last(std::string& text, const Cell& cell, const Output& out, Stream stream) const {
  std::size_t indent = 0;
  for (std::size_t column = 0; column + 1 < columns_; ++column) indent += widths_[column] + 2;
  const auto width = Output::width(stream);
  const auto room = width < indent + least_room ? std::string_view::npos : width - indent;
  std::string_view rest = cell.text;
  out.append_painted(text, stream, cell.colour, take_line(rest, room));
  while (!rest.empty()) {
    text.append(1, '\n').append(indent, ' ');
    out.append_painted(text, stream, cell.colour, take_line(rest, room));
  }
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
    if (is_last) {
      append_last(text, cell, out, stream);
    } else {
      out.append_painted(text, stream, cell.colour, cell.text);
    }
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
