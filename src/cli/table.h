// Rows of cells under a heading, aligned for a person to read. On a terminal, the last column is broken between words
// where the line would be too long.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/output.h"

namespace berth::cli {

class Table {
 public:
  struct Cell {
    std::string text;  // already escaped
    Colour colour = Colour::none;
    bool right = false;
  };

  explicit Table(std::vector<std::string> headings);
  // Cell by cell, row by row.
  Table& operator<<(Cell cell);
  std::string render(const Output& out, Stream stream) const;

 private:
  void append_last(std::string& text, const Cell& cell, const Output& out, Stream stream) const;

  std::size_t columns_;
  std::vector<Cell> cells_;
  std::vector<std::size_t> widths_;
};

}  // namespace berth::cli
