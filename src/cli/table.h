// Rows of cells under a heading, aligned for a person to read. On a terminal, the last column is broken between words
// where the line would be too long.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace berth::cli {

class Table {
 public:
  struct Cell {
    std::string_view text;  // already escaped
    Colour colour = Colour::none;
    bool right = false;
  };

  explicit Table(const std::vector<std::string_view>& headings);
  // Cell by cell, row by row. The text is copied.
  Table& operator<<(const Cell& cell);
  std::string render(const Output& out, Stream stream) const;

 private:
  struct Kept {
    std::size_t end;  // of its text in `texts_`, where it begins at the end of the cell before
    std::size_t width;
    Colour colour;
    bool right;
  };
  std::string_view text_of(std::size_t index) const;
  // Columns of a terminal before the last column.
  std::size_t indent_of_last() const;
  void append_last(std::string& to, std::size_t index, std::size_t room, const Output& out, Stream stream) const;

  std::size_t columns_;
  std::vector<Kept> cells_;
  std::string texts_;
  std::vector<std::size_t> widths_;
};

}  // namespace berth::cli
