// What one reading of configuration files finds, held to a bound: a hostile file cannot fill the memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/discovery.h"

namespace berth::discover {

class Findings {
 public:
  // Far more than any server has. What is beyond is left out, and a problem says so.
  static constexpr std::size_t most_found = 20'000;
  static constexpr std::size_t most_problems = 1'000;

  void add(Found found);
  void add_problem(const std::string& file, unsigned line, std::string message);

  // Whether there is too much of either: what is read is no configuration, and reading on would take its time.
  bool is_full() const { return is_full_; }

  Discovery take();

 private:
  Discovery discovery_;
  bool is_full_ = false;
};

// For Found::raw: the whole, or the beginning of a very long text.
std::string excerpt(std::string_view text);

}  // namespace berth::discover
