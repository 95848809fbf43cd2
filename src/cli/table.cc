#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/json_text.h"

namespace berth::cli {
namespace {

// Columns on a terminal: the code points, as nearly all of them are one column wide.
std::size_t width_of(std::string_view text) {
  const auto plain = plain_length(text);
  text.remove_prefix(plain);
  return plain + static_cast<std::size_t>(std::ranges::count_if(
                     text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

constexpr std::string_view gap = "  ";
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

Table::Table(const std::vector<std::string_view>& headings) : columns_(headings.size()), widths_(headings.size()) {
  for (const auto heading : headings) *this << Cell{heading, Colour::dim};
}

Table& Table::operator<<(const Cell& cell) {
  const auto width = width_of(cell.text);
  auto& widest = widths_[cells_.size() % columns_];
  widest = std::max(widest, width);
  texts_.append(cell.text);
  cells_.push_back({texts_.size(), width, cell.colour, cell.right});
  return *this;
}

std::string_view Table::text_of(std::size_t index) const {
  const auto begin = index == 0 ? 0 : cells_[index - 1].end;
  return std::string_view(texts_).substr(begin, cells_[index].end - begin);
}

std::size_t Table::indent_of_last() const {
  std::size_t indent = 0;
  for (std::size_t column = 0; column + 1 < columns_; ++column) indent += widths_[column] + gap.size();
  return indent;
}

void Table::append_last(std::string& to, std::size_t index, std::size_t room, const Output& out, Stream stream) const {
  const auto colour = cells_[index].colour;
  auto rest = text_of(index);
  out.append_painted(to, stream, colour, take_line(rest, room));
  while (!rest.empty()) {
    to.append(1, '\n').append(indent_of_last(), ' ');
    out.append_painted(to, stream, colour, take_line(rest, room));
  }
  to.erase(to.find_last_not_of(' ') + 1);
  to.push_back('\n');
}

std::string Table::render(const Output& out, Stream stream) const {
  const auto indent = indent_of_last();
  const auto width = Output::width(stream);
  const auto room = width < indent + least_room ? std::string_view::npos : width - indent;
  std::string text;
  text.reserve(cells_.size() / columns_ * (indent + widths_.back() + 1));
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    const auto column = index % columns_;
    const auto& cell = cells_[index];
    const auto padding = widths_[column] - cell.width;
    // A heading stands where its column's cells do.
    const bool right =
        index < columns_ ? index + columns_ < cells_.size() && cells_[index + columns_].right : cell.right;
    if (right) text.append(padding, ' ');
    if (column + 1 == columns_) {
      append_last(text, index, room, out, stream);
      continue;
    }
    out.append_painted(text, stream, cell.colour, text_of(index));
    if (!right) text.append(padding, ' ');
    text.append(gap);
  }
  return text;
}

}  // namespace berth::cli
